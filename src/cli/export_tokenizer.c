/* export_tokenizer.c - a vocabulary as tokenizer.json.
 *
 * The rule by which a text is cut into words (bpe.h) is stated there as one
 * regular expression over characters. For valid UTF-8 it cuts where we cut;
 * what is no UTF-8 is no text to that program. */

#include "cli/export_model.h"

#include "base/jot.h"

#define LETTER "A-Za-z\\x{80}-\\x{10FFFF}"
#define WHITE  "\\t-\\r "

static const char words[] =
    " ?[" LETTER "]{1,64}"
    "| ?[0-9]{1,64}"
    "| ?[^" LETTER "0-9" WHITE "]{1,64}"
    "|[" WHITE "]{1,64}(?![^" WHITE "])"
    "|[" WHITE "]";

static void byte_level(Jot *j, const char *key)
{
    jot_object(j, key);
    jot_text(j, "type", "ByteLevel");
    jot_flag(j, "add_prefix_space", false);
    jot_flag(j, "trim_offsets", false);
    jot_flag(j, "use_regex", false);
    jot_end(j);
}

static void cutting(Jot *j)
{
    jot_object(j, "pre_tokenizer");
    jot_text(j, "type", "Sequence");
    jot_array(j, "pretokenizers");
    jot_object(j, NULL);
    jot_text(j, "type", "Split");
    jot_object(j, "pattern");
    jot_text(j, "Regex", words);
    jot_end(j);
    jot_text(j, "behavior", "Isolated");
    jot_flag(j, "invert", false);
    jot_end(j);
    byte_level(j, NULL);
    jot_end(j);
    jot_end(j);
}

static void token_letters(Str *out, const Bpe *bpe, i64 token)
{
    out->size = 0;
    bpe_letters(out, bpe->token[token], bpe->size[token]);
}

static void model(Jot *j, const Bpe *bpe)
{
    Str text = { 0 }, right = { 0 };
    jot_object(j, "model");
    jot_text(j, "type", "BPE");
    jot_text(j, "dropout", NULL);
    jot_text(j, "unk_token", NULL);
    jot_text(j, "continuing_subword_prefix", NULL);
    jot_text(j, "end_of_word_suffix", NULL);
    jot_flag(j, "fuse_unk", false);
    jot_flag(j, "byte_fallback", false);
    jot_object(j, "vocab");
    for (i64 v = 0; v < bpe->vocab; v++) {
        token_letters(&text, bpe, v);
        jot_count(j, text.text, v);
    }
    jot_end(j);
    jot_array(j, "merges");
    for (i64 i = 0; i < bpe->vocab - 256; i++) {
        token_letters(&text, bpe, bpe->merge[i].left);
        token_letters(&right, bpe, bpe->merge[i].right);
        str_add(&text, " %s", right.text);
        jot_text(j, NULL, text.text);
    }
    jot_end(j);
    jot_end(j);
    str_free(&text);
    str_free(&right);
}

void export_tokenizer(Str *out, const Bpe *bpe)
{
    Arena scratch = { 0 };
    Jot   j = jot_open(out);
    jot_object(&j, NULL);
    jot_text(&j, "version", "1.0");
    jot_text(&j, "truncation", NULL);
    jot_text(&j, "padding", NULL);
    jot_array(&j, "added_tokens");
    jot_end(&j);
    jot_text(&j, "normalizer", NULL);
    cutting(&j);
    jot_text(&j, "post_processor", NULL);
    byte_level(&j, "decoder");
    model(&j, bpe ? bpe : bpe_new(&scratch, 256));
    jot_end(&j);
    arena_free(&scratch);
}

/* checkpoint.c - writing a run down and taking it up again. */

#include "train/checkpoint.h"

#include "base/file.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { LINE = 64, HEAD_BYTES = 1024 };

static const u64 MAGIC = 0x314b43574c414353; /* "SCALWCK1" */

_Static_assert(sizeof(Header) <= HEAD_BYTES, "the header has its place");

static i64 slab_bytes(i64 count)
{
    return (count * (i64)sizeof(real) + LINE - 1) / LINE * LINE;
}

i64 checkpoint_bytes(i64 count)
{
    return HEAD_BYTES + 3 * slab_bytes(count) + LINE;
}

Checkpoint checkpoint_lay(void *block, i64 count)
{
    u8 *at = block;
    return (Checkpoint){
        .bytes = checkpoint_bytes(count),
        .head  = block,
        .param = (void *)(at + HEAD_BYTES),
        .m     = (void *)(at + HEAD_BYTES + slab_bytes(count)),
        .v     = (void *)(at + HEAD_BYTES + 2 * slab_bytes(count)),
    };
}

static void text_put_in(char *out, i64 room, const char *text)
{
    memset(out, 0, (size_t)room);
    memcpy(out, text, (size_t)i64_min((i64)strlen(text), room - 1));
}

static void text_put(char out[HASH_HEX], const char *text)
{
    text_put_in(out, HASH_HEX, text);
}

void checkpoint_sign(Checkpoint *checkpoint, i64 count, const char *config,
                     const char *corpus)
{
    Header *head = checkpoint->head;
    head->magic      = MAGIC;
    head->version    = CHECKPOINT_VERSION;
    head->real_bytes = (u32)sizeof(real);
    head->count      = count;
    text_put(head->config, config);
    text_put(head->corpus, corpus);
}

void checkpoint_sign_stem(Checkpoint *checkpoint, const char *stem, i64 flat)
{
    text_put(checkpoint->head->stem, stem);
    checkpoint->head->flat = flat;
}

void checkpoint_sign_model(Checkpoint *checkpoint, const char *model,
                           const char *optimizer, i64 batch)
{
    Header *head = checkpoint->head;
    text_put_in(head->model, sizeof head->model, model);
    text_put_in(head->optimizer, sizeof head->optimizer, optimizer);
    head->batch = batch;
}

bool checkpoint_write(const Checkpoint *checkpoint, const char *path, Err *err)
{
    u8       *bytes = (u8 *)checkpoint->head;
    const i64 body  = checkpoint->bytes - LINE;
    const u32 crc   = hash_crc32(bytes, body);
    memcpy(bytes + body, &crc, sizeof crc);
    return file_write(path, bytes, checkpoint->bytes, err);
}

/* -- Reading -------------------------------------------------------------- */

static const char start_over[] = "remove it to start the run over";
static const char keep_it[] = "train the trunk anew with --keep at that step";
static const char start_else[] = "start from another, or train that run anew";

/* Is it a whole checkpoint of this version, with no bit changed? */
static bool sound(const FileMap *map, const char *path, const char *remedy,
                  Err *err)
{
    Header head;
    if (map->count < HEAD_BYTES + LINE)
        return err_set(err, ERR_FORMAT, "%s: cut short: %lld bytes are no "
                       "checkpoint; %s", path, (long long)map->count, remedy);
    memcpy(&head, map->bytes, sizeof head);
    if (head.magic != MAGIC)
        return err_set(err, ERR_FORMAT, "%s: not a checkpoint; %s", path,
                       remedy);
    if (head.version != CHECKPOINT_VERSION
        || head.real_bytes != sizeof(real))
        return err_set(err, ERR_FORMAT, "%s: of version %u with numbers of "
                       "%u bytes, and this program goes on from version %d "
                       "with %d; go on with the program that wrote it, or %s",
                       path, head.version, head.real_bytes,
                       CHECKPOINT_VERSION, (int)sizeof(real), remedy);
    if (head.count < 0 || head.count > map->count
        || checkpoint_bytes(head.count) != map->count)
        return err_set(err, ERR_FORMAT, "%s: cut short: %lld bytes where "
                       "%lld parameters need another number; %s", path,
                       (long long)map->count, (long long)head.count, remedy);
    u32 crc;
    memcpy(&crc, map->bytes + map->count - LINE, sizeof crc);
    if (hash_crc32(map->bytes, map->count - LINE) != crc)
        return err_set(err, ERR_FORMAT, "%s: damaged: its checksum does not "
                       "match; %s", path, remedy);
    return true;
}

/* Is it of the run that the block was signed for? */
static bool ours(const FileMap *map, const Header *want, const char *path,
                 Err *err)
{
    Header head;
    memcpy(&head, map->bytes, sizeof head);
    if (memcmp(head.corpus, want->corpus, HASH_HEX))
        return err_set(err, ERR_USAGE, "%s: of another corpus (SHA-256 "
                       "%.12s..., not %.12s...); give that corpus, or %s",
                       path, head.corpus, want->corpus, start_over);
    if (memcmp(head.config, want->config, HASH_HEX)
        || head.count != want->count)
        return err_set(err, ERR_USAGE, "%s: of another configuration (%lld "
                       "parameters, step %lld); give that configuration, or "
                       "%s", path, (long long)head.count,
                       (long long)head.at.step, start_over);
    return true;
}

bool checkpoint_read(Checkpoint *checkpoint, const char *path, Err *err)
{
    FileMap map;
    if (!file_map(&map, path, err))
        return false;
    const bool good = sound(&map, path, start_over, err)
                      && ours(&map, checkpoint->head, path, err);
    if (good)
        memcpy(checkpoint->head, map.bytes, (size_t)map.count);
    file_unmap(&map);
    return good;
}

/* -- Branches ------------------------------------------------------------- */

/* Is it of the trunk that the block's run would have been until `step`? */
static bool trunk_of(const FileMap *map, const Header *want, const char *path,
                     i64 step, Err *err)
{
    Header head;
    memcpy(&head, map->bytes, sizeof head);
    if (memcmp(head.corpus, want->corpus, HASH_HEX))
        return err_set(err, ERR_USAGE, "%s: its trunk learned another corpus "
                       "(SHA-256 %.12s..., not %.12s...); give that corpus",
                       path, head.corpus, want->corpus);
    if (head.at.step != step)
        return err_set(err, ERR_USAGE, "%s: at step %lld, and the branch is to "
                       "start from %lld; give that step, or train the trunk "
                       "with --keep=%lld", path, (long long)head.at.step,
                       (long long)step, (long long)step);
    if (memcmp(head.stem, want->stem, HASH_HEX) || head.count != want->count)
        return err_set(err, ERR_USAGE, "%s: its trunk is of another "
                       "configuration (model, batch, rate, warm-up, "
                       "optimizer or seed); a branch may differ in how it "
                       "ends, so give the trunk's for the rest", path);
    if (step > head.flat)
        return err_set(err, ERR_USAGE, "%s: the trunk's rate had begun to fall "
                       "after step %lld; branch at or before that", path,
                       (long long)head.flat);
    return true;
}

static void take_trunk(Checkpoint *checkpoint, const FileMap *map)
{
    const Header own = *checkpoint->head;
    memcpy(checkpoint->head, map->bytes, (size_t)map->count);
    const Standing at = checkpoint->head->at;
    *checkpoint->head = own;
    checkpoint->head->at = at;
}

bool checkpoint_branch(Checkpoint *checkpoint, const char *trunk, i64 step,
                       Err *err)
{
    FileMap map;
    if (!file_exists(trunk))
        return err_set(err, ERR_USAGE, "%s: the checkpoint that the branch "
                       "starts from is not there; %s", trunk, keep_it);
    if (!file_map(&map, trunk, err))
        return false;
    const bool good = sound(&map, trunk, keep_it, err)
                      && trunk_of(&map, checkpoint->head, trunk, step, err);
    if (good)
        take_trunk(checkpoint, &map);
    file_unmap(&map);
    return good;
}

/* -- Runs that start from another's parameters ------------------------------ */

static bool start_step(const Header *head, const char *path, i64 step,
                       Err *err)
{
    if (step > 0 && head->at.step != step)
        return err_set(err, ERR_USAGE, "%s: at step %lld, and the run is to "
                       "start from %lld; give that step, or train its run "
                       "with --keep=%lld", path, (long long)head->at.step,
                       (long long)step, (long long)step);
    if (step == 0 && !isfinite(head->at.val_loss))
        return err_set(err, ERR_USAGE, "%s: its run has not come to its end "
                       "(step %lld), so what starts from it now would be "
                       "another run tomorrow; let it end, or keep a step",
                       path, (long long)head->at.step);
    return true;
}

/* Is it of a run that the block's run may begin from? */
static bool start_of(const FileMap *map, const Header *want, const char *path,
                     i64 step, bool moments, Err *err)
{
    Header head;
    memcpy(&head, map->bytes, sizeof head);
    if (memcmp(head.model, want->model, sizeof head.model)
        || head.count != want->count)
        return err_set(err, ERR_USAGE, "%s: the parameters of another model, "
                       "%.*s, and this one is %.*s; give a run of this one's "
                       "shape and vocabulary", path, MODEL_WORDS, head.model,
                       MODEL_WORDS, want->model);
    if (moments && memcmp(head.optimizer, want->optimizer,
                          sizeof head.optimizer))
        return err_set(err, ERR_USAGE, "%s: its optimizer was %.16s, and the "
                       "state of that is none of %.16s; give that optimizer, "
                       "or start without moments", path, head.optimizer,
                       want->optimizer);
    return start_step(&head, path, step, err);
}

static void take_start(Checkpoint *checkpoint, const FileMap *map,
                       bool moments)
{
    const u8    *from = map->bytes;
    Header      *own  = checkpoint->head;
    Header       head;
    memcpy(&head, from, sizeof head);
    const i64    slab = slab_bytes(own->count);
    memcpy(checkpoint->param, from + HEAD_BYTES, (size_t)slab);
    if (!moments)
        return;
    memcpy(checkpoint->m, from + HEAD_BYTES + slab, (size_t)slab);
    memcpy(checkpoint->v, from + HEAD_BYTES + 2 * slab, (size_t)slab);
    own->at.updates_before = head.at.updates_before + head.at.step;
    if (memcmp(head.corpus, own->corpus, HASH_HEX) == 0)
        own->at.sequences_before = head.at.sequences_before
                                   + head.at.step * head.batch;
}

bool checkpoint_start(Checkpoint *checkpoint, const char *path, i64 step,
                      bool moments, Err *err)
{
    FileMap map;
    if (!file_exists(path))
        return err_set(err, ERR_USAGE, "%s: the checkpoint that the run starts "
                       "from is not there; %s", path, start_else);
    if (!file_map(&map, path, err))
        return false;
    const bool good = sound(&map, path, start_else, err)
                      && start_of(&map, checkpoint->head, path, step, moments,
                                  err);
    if (good)
        take_start(checkpoint, &map, moments);
    file_unmap(&map);
    return good;
}

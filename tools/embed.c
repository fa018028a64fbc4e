/* embed.c - turns small files into a C source that holds them: the table
 * know_file of base/know.h. Run by the build:
 *
 *     embed OUT.c ROOT laws/chinchilla.law corpora/gcide.corpus ... */

#include <stdio.h>
#include <stdlib.h>

static void stop(const char *path)
{
    perror(path);
    exit(1);
}

/* The bytes of one file, sixteen a line. */
static long put_bytes(FILE *out, const char *root, const char *path, int index)
{
    char full[4096];
    snprintf(full, sizeof full, "%s/%s", root, path);
    FILE *in = fopen(full, "rb");
    if (!in)
        stop(full);

    long count = 0;
    fprintf(out, "static const u8 file_%d[] = { /* %s */", index, path);
    for (int byte = fgetc(in); byte != EOF; byte = fgetc(in))
        fprintf(out, "%s%d,", count++ % 16 ? "" : "\n", byte);
    if (ferror(in))
        stop(full);
    fclose(in);
    fprintf(out, "\n0 };\n"); /* an empty file still has an array */
    return count;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: embed OUT.c ROOT FILE...\n");
        return 2;
    }
    FILE *out = fopen(argv[1], "w");
    long *count = calloc((size_t)argc, sizeof *count);
    if (!out || !count)
        stop(argv[1]);

    fprintf(out, "/* Made by tools/embed.c; not to be edited. */\n"
                 "#include \"base/know.h\"\n");
    for (int i = 3; i < argc; i++)
        count[i] = put_bytes(out, argv[2], argv[i], i);
    fprintf(out, "const KnowFile know_file[] = {\n");
    for (int i = 3; i < argc; i++)
        fprintf(out, "    { \"%s\", file_%d, %ld },\n", argv[i], i, count[i]);
    fprintf(out, "    { 0 },\n};\nconst int know_count = %d;\n", argc - 3);
    free(count);
    if (ferror(out) || fclose(out))
        stop(argv[1]);
    return 0;
}

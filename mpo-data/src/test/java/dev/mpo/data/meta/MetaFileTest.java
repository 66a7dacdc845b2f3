package dev.mpo.data.meta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mpo.core.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MetaFileTest {

    @TempDir
    private Path folder;

    @BeforeEach
    void createAnnotationFile() throws IOException {
        Files.createDirectories(folder.resolve("annotations"));
        Files.writeString(folder.resolve("annotations/a.jsonl"), "{}\n");
    }

    @Test
    void entriesKeepTheOrderOfTheFileAndResolvePathsBesideIt() {
        Path meta = write("meta.json", """
                {"zebra": {"root": "images", "annotation": "annotations/a.jsonl", "repeat_time": 0.5, "length": 3,
                           "data_augment": true, "max_dynamic_patch": 4},
                 "ant": {"root": "", "annotation": "annotations/a.jsonl", "repeat_time": 2}}
                """);
        List<MetaEntry> entries = MetaFile.load(meta, PathMap.none());
        assertThat(entries).extracting(MetaEntry::name).containsExactly("zebra", "ant");
        MetaEntry zebra = entries.get(0);
        assertThat(zebra.root()).isEqualTo(folder.resolve("images"));
        assertThat(zebra.annotation()).isEqualTo(folder.resolve("annotations/a.jsonl"));
        assertThat(zebra.repeatTime()).isEqualTo(0.5);
        assertThat(zebra.length()).hasValue(3);
        assertThat(zebra.dataAugment()).isTrue();
        assertThat(zebra.maxDynamicPatch()).hasValue(4);
        assertThat(entries.get(1).maxDynamicPatch()).isEmpty();
        assertThat(entries.get(1).root()).isEqualTo(folder);
    }

    @Test
    void pathsThatBeginWithTheNameOfTheMetaFilesFolderAreFound() throws IOException {
        Path release =
                Files.createDirectories(folder.resolve("MMPR-v1.2/annotations")).getParent();
        Files.createDirectories(release.resolve("images"));
        Files.writeString(release.resolve("annotations/b.jsonl"), "{}\n");
        Path meta = write("MMPR-v1.2/meta.json", """
                {"b": {"root": "MMPR-v1.2/images", "annotation": "MMPR-v1.2/annotations/b.jsonl", "repeat_time": 1}}
                """);

        MetaEntry entry = MetaFile.load(meta, PathMap.none()).get(0);

        assertThat(entry.annotation()).isEqualTo(release.resolve("annotations/b.jsonl"));
        assertThat(entry.root()).isEqualTo(release.resolve("images"));
    }

    @Test
    void aMissingFileBelowTheFoldersOwnNameTellsBothPlaces() throws IOException {
        Files.createDirectories(folder.resolve("MMPR-v1.2"));
        Path meta = write("MMPR-v1.2/meta.json", """
                {"b": {"root": "MMPR-v1.2/images", "annotation": "MMPR-v1.2/annotations/b.jsonl", "repeat_time": 1}}
                """);

        assertThatThrownBy(() -> MetaFile.load(meta, PathMap.none()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("no such file: " + folder.resolve("MMPR-v1.2/annotations/b.jsonl"));
    }

    @Test
    void aCommaBeforeAClosingBracketIsPassedOver() {
        Path meta = write("debug_mpo.json", """
                {"a": {"root": "", "annotation": "annotations/a.jsonl", "repeat_time": 1,},
                }
                """);

        assertThat(MetaFile.load(meta, PathMap.none())).hasSize(1);
    }

    @Test
    void otherMistakesInTheJsonStayErrorsWithTheirPlace() {
        Path meta = write("meta.json", """
                {"a": {"root": "", "annotation": "annotations/a.jsonl", "repeat_time": 1,},,}
                """);

        assertThatThrownBy(() -> MetaFile.load(meta, PathMap.none()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("meta.json:1:")
                .hasMessageContaining("not valid JSON");
    }

    @Test
    void aParquetFileIsExplained() {
        Path meta = write("mmpr_tiny.parquet", "PAR1 and bytes");

        assertThatThrownBy(() -> MetaFile.load(meta, PathMap.none()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("MMPR-Tiny")
                .hasMessageContaining("without chosen and rejected answers")
                .hasMessageContaining("mpo pipeline correctness");
        Path named =
                write("named.json", "{\"a\": {\"root\": \"\", \"annotation\": \"x.parquet\", \"repeat_time\": 1}}");
        assertThatThrownBy(() -> MetaFile.load(named, PathMap.none()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("Parquet");
    }

    @Test
    void unknownKeysAreTolerated() {
        Path meta = write(
                "meta.json",
                "{\"a\": {\"root\": \"\", \"annotation\": \"annotations/a.jsonl\", \"repeat_time\": 1, \"note\": []}}");
        assertThat(MetaFile.load(meta, PathMap.none())).hasSize(1);
    }

    @Test
    void pathMapRewritesForeignAbsolutePaths() {
        Path meta = write(
                "meta.json",
                "{\"a\": {\"root\": \"/theirs/MMPR/images\", \"annotation\": \"/theirs/MMPR/annotations/a.jsonl\","
                        + " \"repeat_time\": 1}}");
        MetaEntry entry = MetaFile.load(meta, new PathMap(Map.of("/theirs/MMPR", folder.toString(), "/theirs", "/x")))
                .get(0);
        assertThat(entry.annotation()).isEqualTo(folder.resolve("annotations/a.jsonl"));
        assertThat(entry.root()).isEqualTo(folder.resolve("images"));
    }

    @Test
    void pathMapMatchesWholePathElements() {
        PathMap map = new PathMap(Map.of("/data/a", "/b", "s3://bucket/", "/local/"));
        assertThat(map.apply("/data/a/x")).isEqualTo("/b/x");
        assertThat(map.apply("/data/a")).isEqualTo("/b");
        assertThat(map.apply("/data/ab/x")).isEqualTo("/data/ab/x");
        assertThat(map.apply("s3://bucket/x")).isEqualTo("/local/x");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"annotation\": \"annotations/a.jsonl\", \"repeat_time\": 1} | root: missing",
                "{\"root\": \"\", \"repeat_time\": 1} | annotation: missing",
                "{\"root\": \"\", \"annotation\": \"annotations/a.jsonl\"} | repeat_time: expected a number",
                "{\"root\": \"\", \"annotation\": \"annotations/a.json\", \"repeat_time\": 1} | annotation: expected a path ending in .jsonl, got \"annotations/a.json\"",
                "{\"root\": \"\", \"annotation\": \"gone.jsonl\", \"repeat_time\": 1} | annotation: no such file",
                "{\"root\": 3, \"annotation\": \"annotations/a.jsonl\", \"repeat_time\": 1} | root: expected the folder of the images as a string, got number 3",
                "{\"root\": \"\", \"annotation\": \"annotations/a.jsonl\", \"repeat_time\": -1} | repeat_time: expected a number from 0",
                "{\"root\": \"\", \"annotation\": \"annotations/a.jsonl\", \"repeat_time\": \"2\"} | repeat_time: expected a number from 0",
                "{\"root\": \"\", \"annotation\": \"annotations/a.jsonl\", \"repeat_time\": 1, \"max_dynamic_patch\": 0} | max_dynamic_patch: expected a whole number",
                "{\"root\": \"s3://b/\", \"annotation\": \"annotations/a.jsonl\", \"repeat_time\": 1} | root: expected a local path",
                "[] | expected an object",
            })
    void aProblemNamesFileKeyExpectationAndFinding(String entry, String expected) {
        Path meta = write("meta.json", "{\"set\": " + entry + "}");
        String where = meta + ": \"set\"" + (expected.contains(": ") ? "." : ": ");
        assertThatThrownBy(() -> MetaFile.load(meta, PathMap.none()))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith(where + expected);
    }

    @Test
    void allProblemsAreReportedTogether() {
        Path meta = write("meta.json", "{\"one\": {\"root\": \"\"}, \"two\": 7}");
        assertThatThrownBy(() -> MetaFile.load(meta, PathMap.none()))
                .hasMessageContaining("\"one\".annotation")
                .hasMessageContaining("\"one\".repeat_time")
                .hasMessageContaining("\"two\"");
    }

    @Test
    void malformedJsonNamesLineAndColumn() {
        Path meta = write("meta.json", "{\"a\":\n  {,}}");
        assertThatThrownBy(() -> MetaFile.load(meta, PathMap.none()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(meta + ":2:4: not valid JSON");
    }

    @Test
    void missingEmptyAndDuplicateMetaFilesAreRefused() {
        assertThatThrownBy(() -> MetaFile.load(folder.resolve("no.json"), PathMap.none()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("no.json does not exist");
        Path empty = write("empty.json", "{}");
        assertThatThrownBy(() -> MetaFile.load(empty, PathMap.none())).hasMessageContaining("an empty object");
        String entry = "{\"a\": {\"root\": \"\", \"annotation\": \"annotations/a.jsonl\", \"repeat_time\": 1}}";
        List<Path> twice = List.of(write("one.json", entry), write("two.json", entry));
        assertThatThrownBy(() -> MetaFile.load(twice, PathMap.none())).hasMessageContaining("this name is taken by");
    }

    @Test
    void severalMetaFilesAreReadInOrder() {
        String entry = "{\"%s\": {\"root\": \"\", \"annotation\": \"annotations/a.jsonl\", \"repeat_time\": 1}}";
        List<Path> files = List.of(write("one.json", entry.formatted("x")), write("two.json", entry.formatted("b")));
        assertThat(MetaFile.load(files, PathMap.none()))
                .extracting(MetaEntry::name)
                .containsExactly("x", "b");
    }

    @ParameterizedTest
    @CsvSource({"1,8,8", "2,8,16", "2.9,8,16", "0.5,8,4", "0.3,8,2", "0.1,8,0", "0,8,0"})
    void pairsPerEpochRoundsSharesAndCopiesDown(double repeatTime, int rows, long expected) {
        Path meta = write(
                "meta.json",
                "{\"a\": {\"root\": \"\", \"annotation\": \"annotations/a.jsonl\", \"repeat_time\": " + repeatTime
                        + "}}");
        assertThat(MetaFile.load(meta, PathMap.none()).get(0).pairsPerEpoch(rows))
                .isEqualTo(expected);
    }

    private Path write(String name, String content) {
        try {
            return Files.writeString(folder.resolve(name), content);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}

package dev.mpo.data.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.CheckpointException;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.testkit.SharedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which tokenizers a model takes: {@link TinyTokenizers#qwen2} has 267 tokens of its own and lacks InternVL's nine. */
class VocabularyFitTest {

    private static final int OWN = 267;

    @TempDir
    Path folder;

    private static ModelConfig model(int rows) {
        ModelConfig published = ModelConfig.published("InternVL2_5-1B");
        return published.withLanguage(published.language().withVocabSize(rows));
    }

    private VocabularyFit fit(int rows) {
        try (Tokenizer tokenizer = Tokenizers.load(folder)) {
            return VocabularyFit.of(folder, model(rows), tokenizer);
        }
    }

    private void assertRefused(int rows, String... parts) {
        assertThatThrownBy(() -> fit(rows))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(folder.toString())
                .hasMessageContainingAll(parts);
    }

    private void complete() {
        TinyTokenizers.qwen2(folder);
        try (Tokenizer tokenizer = Tokenizers.load(folder)) {
            NewTokenFiles.write(tokenizer, folder);
        }
    }

    private void add(int id, String content) throws IOException {
        Path file = folder.resolve("tokenizer_config.json");
        ObjectNode config = (ObjectNode) TinyTokenizers.MAPPER.readTree(file.toFile());
        config.withObject("added_tokens_decoder").putObject(String.valueOf(id)).put("content", content);
        Files.writeString(file, config.toString());
    }

    @Test
    void tokensThatAppendingWroteAreTheSameOnesWhenTheFilesAreReadAgain() {
        TinyTokenizers.qwen2(folder);
        int[] before;
        try (Tokenizer tokenizer = Tokenizers.load(folder)) {
            assertThat(tokenizer.numNewTokens()).isEqualTo(9);
            before = tokenizer.encode("a<img><IMG_CONTEXT></img>low");
            NewTokenFiles.write(tokenizer, folder);
        }
        try (Tokenizer tokenizer = Tokenizers.load(folder)) {
            assertThat(tokenizer.numNewTokens()).isZero();
            assertThat(tokenizer.vocabSize()).isEqualTo(OWN + 9);
            assertThat(tokenizer.encode("a<img><IMG_CONTEXT></img>low")).isEqualTo(before);
            assertThat(tokenizer.isSpecial(tokenizer.tokenId("<IMG_CONTEXT>"))).isTrue();
        }
    }

    @Test
    void theEmbeddingMayHaveMoreRowsThanThereAreTokens() {
        complete();
        assertThat(fit(OWN + 9)).isEqualTo(new VocabularyFit(OWN + 9, OWN + 9));
        assertThat(fit(OWN + 9 + 258)).isEqualTo(new VocabularyFit(OWN + 9 + 258, OWN + 9 + 258));
    }

    @Test
    void theEmbeddingGrowsByTheImageTokensThatItLacks() {
        complete();
        assertThat(fit(OWN)).isEqualTo(new VocabularyFit(OWN + 9, OWN));
        TinyTokenizers.qwen2(folder);
        assertThat(fit(OWN)).isEqualTo(new VocabularyFit(OWN + 9, OWN));
    }

    @Test
    void filesThatLackTokensOfTheModelAreRefused() {
        TinyTokenizers.qwen2(folder);
        assertRefused(OWN + 9, "lack 9 (<img>, </img>, <IMG_CONTEXT>", "Copy added_tokens.json");
        assertRefused(OWN + 100, "lack 9 (<img>");
    }

    @Test
    void otherTokensWithoutARowAreRefused() throws IOException {
        complete();
        assertRefused(250, "276 tokens with ids up to 275", "the embedding 250 rows", "tokens without a row");
        add(OWN + 9, "<a>");
        assertRefused(OWN, "other than the special ones that a model gets when it is made: 1 (<a>)");
        assertRefused(OWN + 9, "<a>");
    }

    @Test
    void idsBehindAGapAreRefusedAndGapsInsideTheEmbeddingAreNot() throws IOException {
        complete();
        add(99_999, "<a>");
        assertRefused(OWN + 9, "ids up to 99999", "<a>");
        assertThat(fit(100_000).rows()).isEqualTo(100_000);
        complete();
        add(300, "</quad2>");
        assertRefused(OWN + 9, "</quad2>");
    }

    @Test
    void anAddedTokenMayNotHaveTheIdOfAnotherToken() throws IOException {
        complete();
        add(7, "<a>");
        assertRefused(OWN + 9, "the added token '<a>' has the id 7 of the vocabulary's token");
    }

    @Test
    void theCountsOfAnotherModelsTokenizerAreToldEvenIfItsAddedTokensClashToo() throws IOException {
        complete();
        add(7, "<a>");
        add(9_000, "<b>");
        assertRefused(OWN + 9, "tokens with ids up to 9000", "the embedding " + (OWN + 9) + " rows");
    }

    @Test
    void theTokenizersOfThePublishedFamiliesFitTheirModels() throws IOException {
        int tried = 0;
        try (Stream<Path> folders = Files.list(SharedFiles.require("goldens3/checkpoints"))) {
            for (Path checkpoint : folders.filter(
                            each -> !String.valueOf(each.getFileName()).endsWith("nf4"))
                    .toList()) {
                JsonNode config = TinyTokenizers.MAPPER.readTree(
                        checkpoint.resolve("config.json").toFile());
                JsonNode language = config.path(config.has("llm_config") ? "llm_config" : "text_config");
                int rows = language.path("vocab_size").intValue();
                try (Tokenizer tokenizer = Tokenizers.load(checkpoint)) {
                    assertThat(VocabularyFit.of(checkpoint, model(rows), tokenizer))
                            .as(checkpoint.toString())
                            .isEqualTo(new VocabularyFit(rows, rows));
                    tried++;
                }
            }
        }
        assertThat(tried).isGreaterThan(8);
    }

    @Test
    void theTokenizerOfAnotherModelIsRefused() throws IOException {
        Path real = SharedFiles.require("assets/qwen2.5-internvl-tokenizer/tokenizer.json");
        Files.copy(real, folder.resolve("tokenizer.json"));
        try (Tokenizer tokenizer = Tokenizers.load(folder)) {
            assertThatThrownBy(() -> VocabularyFit.of(folder, model(515), tokenizer))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContainingAll("151674 tokens", "the embedding 515 rows", "copy the tokenizer files");
            assertThat(VocabularyFit.of(folder, model(151_674), tokenizer).rows())
                    .isEqualTo(151_674);
            assertThat(VocabularyFit.of(folder, model(151_936), tokenizer).rows())
                    .isEqualTo(151_936);
        }
    }
}

package dev.mpo.data.synth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class BytePairTrainerTest {

    @Test
    void mostFrequentPairIsMergedFirstAndTiesGoByAlphabet() {
        // pieces "ab" and " abc": a+b occurs twice; then "ab"+"c" and " "+"ab" once each, and "a" sorts before "Ġ"
        BytePairTrainer.Result result = BytePairTrainer.train(List.of("ab abc"), 10);
        assertThat(result.merges())
                .containsExactly(
                        new BytePairTrainer.Merge("a", "b"),
                        new BytePairTrainer.Merge("ab", "c"),
                        new BytePairTrainer.Merge("Ġ", "abc"));
        assertThat(result.symbols()).hasSize(259).endsWith("ab", "abc", "Ġabc");
    }

    @Test
    void mergesNeverCrossWordsOrPunctuation() {
        BytePairTrainer.Result result = BytePairTrainer.train(List.of("one two.", "one two."), 100);
        assertThat(result.symbols()).contains("one", "Ġtwo").noneMatch(symbol -> symbol.contains("neĠ"));
        assertThat(result.symbols()).doesNotContain("Ġtwo.");
    }

    @Test
    void mergesStopAtTheLimit() {
        assertThat(BytePairTrainer.train(List.of("abcdef"), 2).merges()).hasSize(2);
    }

    @Test
    void theFirstTwoHundredAndFiftySixSymbolsAreTheBytesInPublishedOrder() {
        List<String> symbols = BytePairTrainer.train(List.of(), 0).symbols();
        assertThat(symbols).hasSize(256).doesNotHaveDuplicates();
        assertThat(symbols.subList(0, 3)).containsExactly("!", "\"", "#");
        assertThat(symbols.get(198)).isEqualTo("Ċ");
        assertThat(symbols.get(220)).isEqualTo("Ġ");
        assertThat(symbols.get(255)).isEqualTo("Ń");
    }

    @Test
    void symbolsMadeTwiceCountOnce() {
        BytePairTrainer.Result result = BytePairTrainer.train(List.of("abc", "abc", "bc", "ab", "ab", "ab"), 10);
        assertThat(result.symbols()).doesNotHaveDuplicates();
    }
}

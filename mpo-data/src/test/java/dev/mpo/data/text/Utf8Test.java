package dev.mpo.data.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Damaged UTF-8; the expected counts are what Python and SentencePiece print. */
final class Utf8Test {

    @ParameterizedTest
    @CsvSource({
        "e4b8,1,2", // cut off
        "f09f98,1,3",
        "f09f,1,2",
        "80,1,1", // starts in the middle
        "c0af,2,2", // overlong
        "e080af,3,3",
        "f08080af,4,4",
        "eda080,3,3", // a surrogate
        "f4908080,4,4", // beyond U+10FFFF
        "f5,1,1",
        "e4b8e4b8ad,1,2" // the second character is whole
    })
    void damageIsReplacedPerSequenceOrPerByte(String hex, int perSequence, int perByte) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        assertThat(replacements(bytes, Utf8.Damage.PER_SEQUENCE)).isEqualTo(perSequence);
        assertThat(replacements(bytes, Utf8.Damage.PER_BYTE)).isEqualTo(perByte);
    }

    @Test
    void wholeTextsSurvive() {
        String text = "a\u00e9\u07ff\u0800\ud7ff\ue000\uffff\ud83d\ude00\udbff\udfff";
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        assertThat(Utf8.decode(bytes, bytes.length, Utf8.Damage.PER_BYTE)).isEqualTo(text);
        assertThat(Utf8.withoutLoneSurrogates(text)).isSameAs(text);
    }

    private static long replacements(byte[] bytes, Utf8.Damage damage) {
        return Utf8.decode(bytes, bytes.length, damage)
                .chars()
                .filter(c -> c == 0xFFFD)
                .count();
    }
}

package dev.mpo.core.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextStreamTest {

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void aCharacterComesOutWhenItsLastByteCame() {
        TextStream stream = new TextStream(List.of());
        String text = "a书🙂é";
        StringBuilder pieces = new StringBuilder();
        for (byte b : utf8(text)) {
            stream.add(new byte[] {b});
            String piece = stream.release(false);
            assertThat(piece).doesNotContain("\uFFFD");
            pieces.append(piece);
        }
        stream.finish();
        assertThat(pieces + stream.release(true)).isEqualTo(text).isEqualTo(stream.text());
    }

    @Test
    void bytesThatAreNoTextBecomeReplacements() {
        TextStream stream = new TextStream(List.of());
        stream.add(new byte[] {(byte) 0xE4, (byte) 0xB9});
        assertThat(stream.release(false)).isEmpty();
        stream.add(utf8("x"));
        assertThat(stream.release(false)).isEqualTo("\uFFFDx");
        stream.add(new byte[] {(byte) 0xF0});
        stream.finish();
        assertThat(stream.release(true)).isEqualTo("\uFFFD");
    }

    @Test
    void aStopStringAcrossTokensIsCutAndNeverShown() {
        TextStream stream = new TextStream(List.of("END", "stop"));
        stream.add(utf8("one st"));
        assertThat(stream.release(false)).isEqualTo("one ");
        stream.add(utf8("ep EN"));
        assertThat(stream.release(false)).isEqualTo("step ");
        stream.add(utf8("D of story"));
        assertThat(stream.stopped()).isTrue();
        assertThat(stream.release(true)).isEmpty();
        assertThat(stream.text()).isEqualTo("one step ");
    }

    @Test
    void theEarliestStopStringCounts() {
        TextStream stream = new TextStream(List.of("ccc", "b"));
        stream.add(utf8("aaabccc"));
        assertThat(stream.text()).isEqualTo("aaa");
    }

    @Test
    void whatOnlyLookedLikeAStopStringIsShownAtTheEnd() {
        TextStream stream = new TextStream(List.of("END"));
        stream.add(utf8("xE"));
        assertThat(stream.release(false)).isEqualTo("x");
        stream.finish();
        assertThat(stream.release(true)).isEqualTo("E");
    }
}

package dev.mpo.core.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class NumberFormatsTest {

    @Test
    void wideningAndNarrowingGivesEveryBitPatternBack() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            short pattern = (short) bits;
            assertThat(NumberFormats.floatToBfloat16(NumberFormats.bfloat16ToFloat(pattern)))
                    .isEqualTo(pattern);
            assertThat(NumberFormats.floatToHalf(NumberFormats.halfToFloat(pattern)))
                    .isEqualTo(pattern);
        }
    }

    @Test
    void halfValuesAreTheStandardOnes() {
        assertThat(NumberFormats.halfToFloat((short) 0x3c00)).isEqualTo(1f);
        assertThat(NumberFormats.halfToFloat((short) 0xc000)).isEqualTo(-2f);
        assertThat(NumberFormats.halfToFloat((short) 0x0001)).isEqualTo(0x1p-24f);
        assertThat(NumberFormats.halfToFloat((short) 0x7bff)).isEqualTo(65504f);
        assertThat(NumberFormats.halfToFloat((short) 0xfc00)).isEqualTo(Float.NEGATIVE_INFINITY);
    }

    @Test
    void halvesRoundToNearestWithTiesToEven() {
        // Between two neighbouring halves lies the tie; it goes to the one with the even last place.
        for (int bits = 0; bits < 0x7bff; bits++) {
            float low = NumberFormats.halfToFloat((short) bits);
            float high = NumberFormats.halfToFloat((short) (bits + 1));
            float tie = (low + high) / 2;
            assertThat(NumberFormats.floatToHalf(tie)).isEqualTo((short) (bits % 2 == 0 ? bits : bits + 1));
            assertThat(NumberFormats.floatToHalf(Math.nextDown(tie))).isEqualTo((short) bits);
            assertThat(NumberFormats.floatToHalf(Math.nextUp(tie))).isEqualTo((short) (bits + 1));
        }
        assertThat(NumberFormats.floatToHalf(65519.9f)).isEqualTo((short) 0x7bff);
        assertThat(NumberFormats.floatToHalf(65520f)).isEqualTo((short) 0x7c00);
        assertThat(NumberFormats.floatToHalf(-1e30f)).isEqualTo((short) 0xfc00);
    }

    @Test
    void bfloat16RoundsToNearestWithTiesToEven() {
        assertThat(NumberFormats.floatToBfloat16(Float.intBitsToFloat(0x3f808000)))
                .isEqualTo((short) 0x3f80);
        assertThat(NumberFormats.floatToBfloat16(Float.intBitsToFloat(0x3f808001)))
                .isEqualTo((short) 0x3f81);
        assertThat(NumberFormats.floatToBfloat16(Float.intBitsToFloat(0x3f818000)))
                .isEqualTo((short) 0x3f82);
        assertThat(NumberFormats.floatToBfloat16(Float.MAX_VALUE)).isEqualTo((short) 0x7f80);
        assertThat(NumberFormats.floatToBfloat16(Float.intBitsToFloat(0x7f800001)) & 0x7f)
                .isNotZero();
    }

    @Test
    void buffersAreConvertedBetweenAnyTwoTypes() {
        ByteBuffer single = buffer(8).putFloat(1.5f).putFloat(-2f).flip();
        ByteBuffer brain = buffer(4);
        NumberFormats.convert(single, StoredType.F32, brain, StoredType.BF16);
        ByteBuffer half = buffer(4);
        NumberFormats.convert(brain.flip(), StoredType.BF16, half, StoredType.F16);
        ByteBuffer back = buffer(8);
        NumberFormats.convert(half.flip(), StoredType.F16, back, StoredType.F32);
        back.flip();
        assertThat(back.getFloat()).isEqualTo(1.5f);
        assertThat(back.getFloat()).isEqualTo(-2f);
        assertThatThrownBy(() -> NumberFormats.convert(buffer(8), StoredType.I64, buffer(8), StoredType.F32))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> NumberFormats.convert(buffer(8), StoredType.F32, buffer(2), StoredType.BF16))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}

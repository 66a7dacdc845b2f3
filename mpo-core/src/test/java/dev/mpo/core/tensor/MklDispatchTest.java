package dev.mpo.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MklDispatchTest {

    private static final String WIDE_FLAGS =
            "flags\t\t: fpu avx2 avx512f avx512dq avx512cd avx512bw avx512vl avx512_vnni";

    @Test
    void amdProcessorsWithWideVectorsAreHelped() {
        assertThat(MklDispatch.wouldHelp(List.of("vendor_id\t: AuthenticAMD", WIDE_FLAGS)))
                .isTrue();
    }

    @Test
    void otherProcessorsAreLeftAlone() {
        assertThat(MklDispatch.wouldHelp(List.of("vendor_id\t: GenuineIntel", WIDE_FLAGS)))
                .isFalse();
        assertThat(MklDispatch.wouldHelp(List.of("vendor_id\t: AuthenticAMD", "flags\t\t: fpu avx avx2 avx512f")))
                .isFalse();
        assertThat(MklDispatch.wouldHelp(List.of())).isFalse();
    }

    @Test
    void anUndecidedVariableIsSetOnce() {
        try (Memory code = function(0xC3, -1)) {
            assertThat(MklDispatch.widen(code)).isTrue();
            assertThat(code.getInt(32)).isEqualTo(1);
            assertThat(MklDispatch.widen(code)).isFalse();
        }
    }

    @Test
    void aDecisionThatMklHasTakenStands() {
        try (Memory code = function(0xC3, 0)) {
            assertThat(MklDispatch.widen(code)).isFalse();
            assertThat(code.getInt(32)).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0x90, 0x53})
    void unknownCodeIsNotTouched(int lastByte) {
        try (Memory code = function(lastByte, -1)) {
            assertThat(MklDispatch.widen(code)).isFalse();
            assertThat(code.getInt(32)).isEqualTo(-1);
        }
    }

    /**
     * Libraries loaded later, such as that of the tokenizer, must not find libtorch's symbols in place of their own.
     */
    @Test
    void symbolsOfLibtorchStayLocal() {
        try (Scope scope = new Scope()) {
            Tensors.zeros(scope, Device.CPU, DType.FLOAT32, 1);
        }
        NativeLibrary everything = NativeLibrary.getProcess();
        assertThatThrownBy(() -> everything.getFunction("mkl_serv_intel_cpu_true"))
                .isInstanceOf(UnsatisfiedLinkError.class);
    }

    /** Lays out the beginning of the function, with its variable 32 bytes behind its start. */
    private static Memory function(int lastByte, int variable) {
        Memory code = new Memory(36);
        code.clear();
        byte[] instructions = {(byte) 0x8B, 0x05, 26, 0, 0, 0, (byte) 0x85, (byte) 0xC0, 0x78, 0x01, (byte) lastByte};
        code.write(0, instructions, 0, instructions.length);
        code.setInt(32, variable);
        return code;
    }
}

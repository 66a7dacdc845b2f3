package dev.mpo.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CpuFeaturesTest {

    @Test
    void amdProcessorsWithWideVectorsPreferOneDnn() {
        assertThat(CpuFeatures.prefersOneDnn(
                        List.of("vendor_id\t: AuthenticAMD", "flags\t\t: fpu avx avx2 avx512f avx512dq")))
                .isTrue();
    }

    @Test
    void otherProcessorsKeepTheDefault() {
        assertThat(CpuFeatures.prefersOneDnn(List.of("vendor_id\t: GenuineIntel", "flags\t\t: fpu avx2 avx512f")))
                .isFalse();
        assertThat(CpuFeatures.prefersOneDnn(List.of("vendor_id\t: AuthenticAMD", "flags\t\t: fpu avx avx2")))
                .isFalse();
        assertThat(CpuFeatures.prefersOneDnn(List.of())).isFalse();
    }
}

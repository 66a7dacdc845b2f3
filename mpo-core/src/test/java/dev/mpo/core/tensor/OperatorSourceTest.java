package dev.mpo.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class OperatorSourceTest {

    @Test
    void namesBecomeNumbersAndDeclaredListsTheirNames() {
        String source = """
                # what is kept
                KEPT = (a, b)

                def f(self, w: List[Tensor]) -> List[Tensor]:
                  # a comment
                  *KEPT, = w
                  return [w[SLOT], torch.to(a, FLOAT32), *KEPT]
                """;
        assertThat(OperatorSource.resolve(source, Map.of("SLOT", 3, "FLOAT32", 6)))
                .isEqualTo("""
                def f(self, w: List[Tensor]) -> List[Tensor]:
                  a, b, = w
                  return [w[3], torch.to(a, 6), a, b]
                """);
    }

    @Test
    void anUndeclaredNameIsRefused() {
        assertThatThrownBy(() -> OperatorSource.resolve("def f(self): return w[SLOT]\n", Map.of()))
                .hasMessageContaining("SLOT");
        assertThatThrownBy(() -> OperatorSource.resolve("def f(self): return [*KEPT]\n", Map.of()))
                .hasMessageContaining("KEPT");
    }

    @Test
    void aMissingFileIsRefused() {
        assertThatThrownBy(() -> OperatorSource.read(OperatorSourceTest.class, Map.of(), "none.py"))
                .hasMessageContaining("none.py");
    }
}

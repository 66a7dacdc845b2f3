package dev.mpo.core.weights;

import dev.mpo.core.safetensors.SafetensorsFolder;
import dev.mpo.core.safetensors.StoredTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** Everything that a round trip must keep of a folder's tensors. */
final class FolderBytes {

    private FolderBytes() {}

    /** Returns per tensor its type, shape and a digest of its bytes. */
    static Map<String, String> of(Path folder) throws IOException {
        Map<String, String> tensors = new TreeMap<>();
        for (StoredTensor tensor : SafetensorsFolder.read(folder).tensors().values()) {
            byte[] bytes = new byte[(int) tensor.info().numBytes()];
            tensor.read(
                    0,
                    tensor.info().numElements(),
                    (first, piece) ->
                            piece.get(bytes, (int) first * tensor.info().type().numBytes(), piece.remaining()));
            tensors.put(
                    tensor.name(), tensor.info().type() + " " + tensor.info().shape() + " " + Arrays.hashCode(bytes));
        }
        return tensors;
    }
}

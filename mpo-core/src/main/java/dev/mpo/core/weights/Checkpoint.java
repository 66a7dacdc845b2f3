package dev.mpo.core.weights;

import dev.mpo.core.CheckpointException;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.safetensors.SafetensorsFolder;
import dev.mpo.core.safetensors.StoredTensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A checkpoint folder whose headers have been read and found complete: every parameter of its configuration is stored
 * with the right shape, and nothing else is. No weights are in memory.
 */
public final class Checkpoint {

    private static final Logger LOG = LoggerFactory.getLogger(Checkpoint.class);

    private final ModelConfig config;
    private final Layout layout;
    private final SafetensorsFolder files;
    private final Map<String, TensorMapping> mappings;

    private Checkpoint(
            ModelConfig config, Layout layout, SafetensorsFolder files, Map<String, TensorMapping> mappings) {
        this.config = config;
        this.layout = layout;
        this.files = files;
        this.mappings = mappings;
    }

    /**
     * Opens a checkpoint folder in either layout.
     *
     * @throws CheckpointException if the configuration or a file is unusable, or with one list of all missing, extra
     *     and misshapen tensors
     */
    public static Checkpoint open(Path folder) {
        ModelConfig config = ModelConfig.load(folder);
        SafetensorsFolder files = SafetensorsFolder.read(folder);
        List<String> unused = files.unusedShards();
        if (!unused.isEmpty()) {
            LOG.warn(
                    "{}: {} shards are not named by the index and are not read, such as {}; remove them if they are of"
                            + " another version",
                    folder,
                    unused.size(),
                    unused.get(0));
        }
        Layout layout = StoredNames.detectLayout(files);
        Map<String, String> spelled = StoredNames.storedNames(files, layout);
        List<TensorMapping> expected = TensorNames.mappings(config, layout);
        CompletenessCheck.check(folder, files, expected, spelled);
        Map<String, TensorMapping> mappings = new LinkedHashMap<>();
        for (TensorMapping mapping : expected) {
            mappings.put(spelled.getOrDefault(mapping.storedName(), mapping.storedName()), mapping);
        }
        return new Checkpoint(config, layout, files, mappings);
    }

    /** Returns the folder. */
    public Path folder() {
        return files.folder();
    }

    /** Returns the architecture. */
    public ModelConfig config() {
        return config;
    }

    /** Returns the layout that the tensors are stored in. */
    public Layout layout() {
        return layout;
    }

    /** Whether the weights come in shards with an index. */
    public boolean sharded() {
        return files.sharded();
    }

    /** Returns the stored tensors in the order of the files and of their bytes. */
    public List<StoredTensor> tensors() {
        return List.copyOf(files.tensors().values());
    }

    /** Returns what a stored tensor holds. */
    public TensorMapping mapping(StoredTensor tensor) {
        TensorMapping mapping = mappings.get(tensor.name());
        if (mapping == null) {
            throw new IllegalArgumentException("no tensor " + tensor.name() + " in " + folder());
        }
        return mapping;
    }
}

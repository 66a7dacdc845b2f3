package dev.mpo.core.model;

import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** All parameters of a model, stage by stage. */
public final class ModelParameters implements AutoCloseable {

    private final Map<String, List<ParameterBuffer>> byStage = new LinkedHashMap<>();
    private final @Nullable ModelParameters visionLender;
    private final Scope views = new Scope();
    private final Map<String, Tensor> masters = new LinkedHashMap<>();
    private final Map<String, Tensor> sums = new LinkedHashMap<>();

    private ModelParameters(@Nullable ModelParameters visionLender) {
        this.visionLender = visionLender;
    }

    /**
     * Allocates the parameters of a model, all zero.
     *
     * @param visionLender where vision tower and projector are borrowed from, or null to allocate them too
     */
    static ModelParameters allocate(ModelConfig config, ModelOptions options, @Nullable ModelParameters visionLender) {
        ModelParameters parameters = new ModelParameters(visionLender);
        int usedLayers = numVisionLayersUsed(config);
        for (StageSpec stage : ModelLayout.of(config)) {
            if (visionLender != null && stage.part() != Part.LANGUAGE) {
                parameters.byStage.put(stage.name(), visionLender.stage(stage.name()));
                continue;
            }
            boolean used = !stage.name().startsWith(ModelLayout.VISION_LAYERS)
                    || Integer.parseInt(stage.name().substring(ModelLayout.VISION_LAYERS.length())) < usedLayers;
            List<ParameterBuffer> buffers = new ArrayList<>();
            buffers.add(buffer(stage.name(), stage.parameters(), used && options.trains(stage.part()), options));
            List<ParameterSpec> adapters = options.lora().adapters(stage);
            if (!adapters.isEmpty()) {
                buffers.add(buffer(stage.name(), adapters, !options.frozen().contains(stage.part()), options));
            }
            parameters.byStage.put(stage.name(), buffers);
        }
        return parameters;
    }

    /** Returns how many vision layers lie below the selected one; later ones are kept but never run. */
    static int numVisionLayersUsed(ModelConfig config) {
        int layers = config.vision().numLayers();
        return config.selectLayer() < 0 ? layers + 1 + config.selectLayer() : config.selectLayer();
    }

    private static ParameterBuffer buffer(
            String stage, List<ParameterSpec> specs, boolean trained, ModelOptions options) {
        return ParameterBuffer.create(
                stage,
                specs,
                options.decayedIn(stage),
                trained,
                options.device(),
                options.compute(),
                options.sharding());
    }

    /** Returns the buffers of a stage: its own parameters, then its adapters if it has any. */
    public List<ParameterBuffer> stage(String name) {
        List<ParameterBuffer> buffers = byStage.get(name);
        if (buffers == null) {
            throw new IllegalArgumentException("no stage " + name);
        }
        return buffers;
    }

    /** Returns all buffers in order of computation. */
    public List<ParameterBuffer> buffers() {
        return byStage.values().stream().flatMap(List::stream).toList();
    }

    /** Returns the buffers that are trained, in order of computation. */
    public List<ParameterBuffer> trained() {
        return buffers().stream().filter(ParameterBuffer::trained).toList();
    }

    /**
     * Returns the weights that the optimizer updates by full name, adapters included.
     *
     * @throws IllegalStateException if this process owns only a part of them
     */
    public Map<String, Tensor> byName() {
        if (masters.isEmpty()) {
            masters.putAll(byName(views, buffers(), ParameterBuffer::master));
        }
        return new LinkedHashMap<>(masters);
    }

    /** As {@link #byName}, for the sums of the gradients of the trained parameters. */
    public Map<String, Tensor> gradientsByName() {
        if (sums.isEmpty()) {
            sums.putAll(byName(views, trained(), ParameterBuffer::ownedGradients));
        }
        return new LinkedHashMap<>(sums);
    }

    private static Map<String, Tensor> byName(
            Scope views, List<ParameterBuffer> buffers, Function<ParameterBuffer, Tensor> vector) {
        Map<String, Tensor> all = new LinkedHashMap<>();
        for (ParameterBuffer buffer : buffers) {
            for (ParameterPiece piece : ParameterPiece.of(buffer, vector.apply(buffer), views)) {
                if (!piece.whole()) {
                    throw new IllegalStateException("this process owns a part of " + piece.name() + " alone");
                }
                all.put(piece.name(), piece.values());
            }
        }
        return all;
    }

    /** Copies the master weights into the weights that the model computes with, where these differ. */
    public void publish() {
        buffers().forEach(ParameterBuffer::publish);
    }

    /** Frees everything that is not borrowed. */
    @Override
    public void close() {
        views.close();
        byStage.forEach((stage, buffers) -> {
            if (visionLender == null || stage.startsWith("language")) {
                buffers.forEach(ParameterBuffer::close);
            }
        });
    }
}

package dev.mpo.tools.plan;

import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.model.LoraSpec;
import dev.mpo.core.model.ModelLayout;
import dev.mpo.core.model.Part;
import dev.mpo.core.model.Recompute;
import dev.mpo.train.config.ParallelSettings.Shard;
import dev.mpo.train.config.ReferenceSettings;

/**
 * Counts the bytes of parameters, gradients, optimizer state and activations.
 *
 * <p>Weights take the compute type's bytes; gradients, both moments and, beside narrow weights, the master weights take
 * four each. Sharding the optimizer divides its state by the number of devices, and the gradients too if a step is one
 * micro-batch. Sharding everything divides the gradients in any case and also the weights, of which two stages are then
 * gathered at a time, one in use and the next; where activations are kept, the gathered weights are kept with them. Of
 * divided gradients three whole stages exist at a time: one being computed and two on their way. Offload moves
 * optimizer state, master weights and the sums of gradients to the host.
 */
public final class MemoryModel {

    private static final int SINGLE = 4;
    private static final double MAX_LOGITS = 1 << 24;
    private static final double MAX_LOGITS_ON_DEVICES = 1 << 27;
    private static final int GATHERED_STAGES = 2;
    private static final int PASSING_GRADIENTS = 3;

    private final ModelConfig config;
    private final Calibration calibration;

    /** Creates the model of an architecture on a kind of device. */
    public MemoryModel(ModelConfig config, Calibration calibration) {
        this.config = config;
        this.calibration = calibration;
    }

    /** Returns the number of all parameters, adapters included. */
    public long numParameters(PlanSettings settings) {
        long sum = ModelLayout.numElements(config);
        for (Part part : Part.values()) {
            sum += Architecture.adapterElements(config, settings.lora(), part);
        }
        return sum;
    }

    /** Returns the number of trained parameters. */
    public long numTrained(PlanSettings settings) {
        long sum = 0;
        for (Part part : Part.values()) {
            sum += settings.trains(part) ? Architecture.elements(config, part) : 0;
            LoraSpec lora = settings.lora();
            sum += settings.hasGradients(part) ? Architecture.adapterElements(config, lora, part) : 0;
        }
        return sum;
    }

    /** Returns the memory of a run whose micro-batches are made of such pairs. */
    public MemoryUse of(PairShape pair, PlanSettings settings) {
        double split = settings.shard() == Shard.NONE ? 1 : settings.devices();
        double weightSplit = settings.shard() == Shard.FULL ? settings.devices() : 1;
        double weights = (double) numParameters(settings) * settings.bytes() / weightSplit;
        double trained = numTrained(settings);
        boolean ownMaster = settings.narrow() || settings.offload();
        double state = trained * SINGLE * (ownMaster ? 3 : 2) / split;
        double sums = trained * SINGLE / (settings.dividesGradients() ? split : 1);
        double passing = settings.gradientsPass()
                ? Math.min(trained, (double) Architecture.largestStages(config, PASSING_GRADIENTS)) * SINGLE
                : 0;
        double reference = settings.reference() == ReferenceSettings.Mode.COPY
                ? (double) ModelLayout.numElements(config) * settings.bytes() / weightSplit
                : 0;
        double gathered = settings.shard() == Shard.FULL ? gathered(settings) : 0;
        Activations activations = new Activations(pair, settings);
        return new MemoryUse(
                calibration.baseBytes(),
                weights,
                settings.offload() ? passing : sums + passing,
                settings.offload() ? 0 : state,
                reference,
                calibration.keptFactor() * activations.kept(),
                activations.logits(),
                calibration.workFactor() * activations.work() + gathered,
                settings.offload() ? state + sums : 0);
    }

    /** Returns the bytes of the weights that are gathered at a time. */
    private double gathered(PlanSettings settings) {
        if (settings.recompute() == Recompute.NONE) {
            return (double) numParameters(settings) * settings.bytes();
        }
        return (double) Architecture.largestStages(config, GATHERED_STAGES) * settings.bytes();
    }

    /** Bytes that depend on the pairs. */
    private final class Activations {
        private final PlanSettings settings;
        private final StreamShape stream;
        private final ActivationModel model;
        private final double bytes;

        Activations(PairShape pair, PlanSettings settings) {
            this.settings = settings;
            this.stream = StreamShape.of(config, pair, settings.branched());
            this.model = new ActivationModel(config, stream, settings);
            this.bytes = (double) settings.bytes() * settings.batchSize();
        }

        /** What is kept of all stages from the lowest that is differentiated on. */
        double kept() {
            int decoderLayers = config.language().numLayers();
            double inputs = decoderLayers * model.decoderInput();
            double inner = (decoderLayers - 1) * model.decoderLayer() + lastLayer();
            if (settings.isDifferentiated(Part.PROJECTOR)) {
                inputs += model.visionInput();
                inner += model.projector();
            }
            if (settings.isDifferentiated(Part.VISION)) {
                int layers = Architecture.numVisionLayersUsed(config);
                inputs += layers * model.visionInput();
                inner += layers * model.visionLayer();
            }
            double sum = settings.recompute() == Recompute.FULL ? inputs : inputs + inner;
            return bytes * sum;
        }

        private double lastLayer() {
            return settings.branched() ? model.lastDecoderLayer() : model.decoderLayer();
        }

        /** What the stage that needs most takes while it is differentiated, computed again where nothing is kept. */
        double work() {
            double again = settings.recompute() == Recompute.FULL ? largestLayer() : 0;
            return bytes * (again + model.backwardOfLayer()) + settings.batchSize() * model.pixelBytes();
        }

        private double largestLayer() {
            double decoder = model.decoderLayer();
            return settings.isDifferentiated(Part.VISION) ? Math.max(decoder, model.visionLayer()) : decoder;
        }

        /** Single-precision logits: all of the plain path and where activations are kept, else one chunk. */
        double logits() {
            double all = (double) stream.scored()
                    * settings.batchSize()
                    * config.language().vocabSize();
            boolean kept = !settings.branched() || settings.recompute() == Recompute.NONE;
            double chunk = Math.min(all, settings.narrow() ? MAX_LOGITS_ON_DEVICES : MAX_LOGITS);
            return SINGLE * (kept ? all + chunk : 2 * chunk);
        }
    }
}

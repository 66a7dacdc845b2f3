package dev.mpo.core.model;

import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Device;
import java.util.Set;
import java.util.function.Predicate;

/**
 * How a model is placed and which of its parameters are trained.
 *
 * @param device where it lives
 * @param compute the type it computes in
 * @param frozen parts without gradients
 * @param decayed tells which parameters weight decay applies to, by stage name and parameter
 * @param lora adapters
 * @param maxLogits number of logits that may exist at once, unless a forward pass keeps them all
 * @param sharding what of it this process holds
 */
public record ModelOptions(
        Device device,
        DType compute,
        Set<Part> frozen,
        DecayRule decayed,
        LoraSpec lora,
        long maxLogits,
        Sharding sharding) {

    private static final long DEFAULT_MAX_LOGITS = 1L << 24;

    /** Each chunk reads the output matrix and adds to its gradient, so that a GPU wants few of them. */
    private static final long MAX_LOGITS_ON_DEVICES = 1L << 27;

    /** Tells whether weight decay applies to a parameter. */
    public interface DecayRule {
        /** Returns whether weight decay applies to this parameter of this stage. */
        boolean decays(String stage, ParameterSpec parameter);
    }

    /** Copies the set. */
    public ModelOptions {
        frozen = Set.copyOf(frozen);
    }

    /**
     * Returns a model that is only evaluated: nothing has gradients. Weight decay means nothing then; that it is said
     * to apply to matrices makes them neighbours in memory, so that decoding can multiply by several at once.
     */
    public static ModelOptions frozen(Device device, DType compute) {
        return new ModelOptions(
                device,
                compute,
                Set.of(Part.values()),
                (stage, parameter) -> parameter.kind() == Kind.MATRIX,
                LoraSpec.NONE,
                maxLogits(device),
                Sharding.NONE);
    }

    /** Returns a model in single precision on the CPU that is trained entirely, with weight decay everywhere. */
    public static ModelOptions trained() {
        return new ModelOptions(
                Device.CPU, DType.FLOAT32, Set.of(), (s, p) -> true, LoraSpec.NONE, DEFAULT_MAX_LOGITS, Sharding.NONE);
    }

    /** Returns these options with another set of frozen parts. */
    public ModelOptions withFrozen(Set<Part> parts) {
        return new ModelOptions(device, compute, parts, decayed, lora, maxLogits, sharding);
    }

    /** Returns these options with another weight-decay rule. */
    public ModelOptions withDecayed(DecayRule rule) {
        return new ModelOptions(device, compute, frozen, rule, lora, maxLogits, sharding);
    }

    /** Returns these options with adapters. */
    public ModelOptions withLora(LoraSpec adapters) {
        return new ModelOptions(device, compute, frozen, decayed, adapters, maxLogits, sharding);
    }

    /** Returns these options on another device and in another type. */
    public ModelOptions on(Device place, DType type) {
        return new ModelOptions(place, type, frozen, decayed, lora, maxLogits(place), sharding);
    }

    private static long maxLogits(Device place) {
        return place.isCpu() ? DEFAULT_MAX_LOGITS : MAX_LOGITS_ON_DEVICES;
    }

    /** Returns these options for a process that holds a part of the model. */
    public ModelOptions withSharding(Sharding parts) {
        return new ModelOptions(device, compute, frozen, decayed, lora, maxLogits, parts);
    }

    /** Returns whether a part's own parameters are trained. */
    boolean trains(Part part) {
        return !frozen.contains(part) && !lora.adapts(part);
    }

    Predicate<ParameterSpec> decayedIn(String stage) {
        return spec -> decayed.decays(stage, spec);
    }
}

package dev.mpo.eval.benchmark;

/**
 * How a model is asked.
 *
 * @param mpo whether the prompt of models after MPO is used ({@code use_mpo_prompt=True} in VLMEvalKit)
 * @param cot whether reasoning is asked for ({@code USE_COT=1})
 */
public record PromptMode(boolean mpo, boolean cot) {

    /** The plain prompt. */
    public static final PromptMode DIRECT = new PromptMode(false, false);

    /** The prompt that asks for reasoning and a boxed answer. */
    public static final PromptMode COT = new PromptMode(false, true);

    /** The MPO prompt where the kit uses it without {@code USE_COT}: on three data sets. */
    public static final PromptMode MPO_AUTO = new PromptMode(true, false);

    /** The MPO prompt on all data sets, by which the published scores of the MPO models are made. */
    public static final PromptMode MPO = new PromptMode(true, true);

    /** Returns what results call this mode. */
    public String label() {
        return mpo ? (cot ? "mpo" : "auto-mpo") : (cot ? "cot" : "direct");
    }
}

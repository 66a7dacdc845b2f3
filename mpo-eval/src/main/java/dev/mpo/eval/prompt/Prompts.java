package dev.mpo.eval.prompt;

import dev.mpo.eval.judge.text.PythonText;
import java.util.List;

/**
 * The prompts that ask for a reasoned answer.
 *
 * <p>They are the ones MMPR was sampled with, to the letter: models trained on it recognise them, and the parsers
 * depend on the reply format they ask for.
 */
public final class Prompts {

    private static final String IMAGE = "<image>";
    private static final String QUESTION = "{question}";

    /** Closing requests for a short reply, which contradict a request for reasoning. */
    private static final List<String> SHORT_REPLY_REQUESTS = List.of(
            "Answer the question using a single word or phrase.",
            "Answer with the option's letter from the given choices directly.",
            "Please answer Yes or No.",
            "Please answer the question and put the final answer within \\boxed{}.");

    private static final String THINK_PROTOCOL = """
            You are an AI assistant that rigorously follows this response protocol:

            1. First, conduct a detailed analysis of the question. Consider different angles, potential solutions, \
            and reason through the problem step-by-step. Enclose this entire thinking process within <think> and \
            </think> tags.

            2. After the thinking section, provide a clear, concise, and direct answer to the user's question. \
            Separate the answer from the think section with a newline.

            Ensure that the thinking process is thorough but remains focused on the query. The final answer should \
            be standalone and not reference the thinking section.
            """;

    private static final String ENGLISH = """
            Your task is to answer the question below. Give step by step reasoning before you answer, and when \
            you're ready to answer, please use the format "Final answer: .."

            Question:

            {question}""";

    private static final String ENGLISH_BOXED = """
            {question}
            Answer the preceding question. The last line of your response should follow this format: \
            'Answer: \\boxed{$FINAL_ANSWER}' (without quotes), where 'FINAL_ANSWER' is your conclusion based on the \
            reasoning provided. If you are uncertain or the problem is too complex, make a reasoned guess based on \
            the information provided. Avoid repeating steps indefinitely—provide your best guess even if unsure. \
            Think step by step logically, considering all relevant information before answering.""";

    private static final String ENGLISH_THINK =
            THINK_PROTOCOL + "{question}\nPlease answer the question and put the final answer within \\boxed{}.";

    private static final String CHINESE = """
            你的任务是回答以下问题。在回答之前，请逐步推理说明您的思路。当你准备好给出答案时，请使用以下格式："答案: ..."

            问题:

            {question}""";

    private static final String CHINESE_BOXED = """
            {question}
            请回答上述问题。你的回答最后一行应遵循以下格式：“答案：\\boxed{$FINAL_ANSWER}”（不包含引号），\
            其中“FINAL_ANSWER”是你根据推理得出的最终结论。如果你不确定答案或问题过于复杂，请基于已有信息做出有理有据的猜测。\
            避免无限重复推理步骤——即使不完全确定，也请给出你认为最合理的答案。\
            请一步一步进行逻辑思考，充分考虑所有相关信息后再作答。""";

    private static final String CHINESE_THINK = THINK_PROTOCOL + "{question}\n请详细回答这个问题并将最终答案用\\boxed{}包住。";

    private Prompts() {}

    /**
     * Returns the prompt for a question about images.
     *
     * <p>A single {@code <image>} marker moves to the front, on a line of its own; without a marker one is put there;
     * several stay where they are.
     */
    public static String withImages(PromptVersion version, String question) {
        String prompt = textOnly(version, question);
        int markers = PythonText.count(prompt, IMAGE);
        if (markers > 1) {
            return prompt;
        }
        return IMAGE + "\n" + prompt.replace(IMAGE + "\n", "").replace(IMAGE, "");
    }

    /** Returns the prompt for a question without images; a request for a short reply at its end is left out. */
    public static String textOnly(PromptVersion version, String question) {
        String asked = question;
        for (String request : SHORT_REPLY_REQUESTS) {
            if (asked.endsWith(request)) {
                asked = PythonText.strip(asked.substring(0, asked.length() - request.length()));
            }
        }
        return template(version).replace(QUESTION, asked);
    }

    private static String template(PromptVersion version) {
        return switch (version) {
            case EN -> ENGLISH;
            case EN_V2 -> ENGLISH_BOXED;
            case EN_R1 -> ENGLISH_THINK;
            case ZH -> CHINESE;
            case ZH_V2 -> CHINESE_BOXED;
            case ZH_R1 -> CHINESE_THINK;
        };
    }
}

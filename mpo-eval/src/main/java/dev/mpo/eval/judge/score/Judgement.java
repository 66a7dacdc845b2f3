package dev.mpo.eval.judge.score;

/** What a judge says of an answer. */
public enum Judgement {
    /** It means the ground truth. */
    RIGHT,
    /** It means something else. */
    WRONG,
    /**
     * Nobody can tell: the answer or the ground truth is mathematics that the algebra cannot read, the rules contradict
     * each other, or reading takes longer than any answer of a person would. Such an answer teaches nothing.
     */
    UNDECIDED;

    /** Returns {@link #RIGHT} or {@link #WRONG}. */
    public static Judgement of(boolean right) {
        return right ? RIGHT : WRONG;
    }
}

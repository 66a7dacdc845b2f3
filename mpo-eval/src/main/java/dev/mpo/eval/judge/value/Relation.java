package dev.mpo.eval.judge.value;

import dev.mpo.eval.judge.algebra.Equality;
import dev.mpo.eval.judge.algebra.Expression;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Inequalities: {@code 1 < x <= 3}.
 *
 * @param signs the signs between the sides: {@code <}, {@code <=} or {@code !=}
 * @param sides one more than there are signs
 */
record Relation(List<String> signs, List<Expression> sides) implements AnswerValue {

    private static final Map<String, String> TURNED = Map.of(">", "<", ">=", "<=");

    public Relation {
        if (TURNED.containsKey(signs.get(0))) {
            List<String> turned = new ArrayList<>(signs);
            turned.replaceAll(sign -> TURNED.getOrDefault(sign, "turned " + sign));
            Collections.reverse(turned);
            List<Expression> reversed = new ArrayList<>(sides);
            Collections.reverse(reversed);
            signs = turned;
            sides = reversed;
        }
        signs = List.copyOf(signs);
        sides = List.copyOf(sides);
    }

    @Override
    public Comparison compare(AnswerValue other) {
        if (!(other instanceof Relation relation)) {
            return Comparison.UNKNOWN;
        }
        Comparison same = Comparison.inOrder(sides, relation.sides, (a, b) -> Comparison.of(Equality.compare(a, b)));
        if (signs.equals(relation.signs) && same == Comparison.SAME) {
            return same;
        }
        boolean solved = isSolved() && relation.isSolved() && variables().equals(relation.variables());
        return solved ? Comparison.DIFFERENT : Comparison.UNKNOWN;
    }

    private List<String> variables() {
        return Equality.variables(sides);
    }

    /** One variable stands alone and the rest are numbers. */
    private boolean isSolved() {
        return variables().size() == 1
                && sides.stream().filter(Expression.Variable.class::isInstance).count() == 1
                && sides.stream()
                        .filter(side -> !(side instanceof Expression.Variable))
                        .allMatch(side -> Equality.variables(List.of(side)).isEmpty());
    }
}

package dev.mpo.eval.judge.value;

import dev.mpo.eval.judge.algebra.Equality;
import dev.mpo.eval.judge.algebra.Expression;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Several values.
 *
 * @param kind how they belong together
 * @param brackets the brackets around them, such as {@code (]}; empty without
 * @param members the values, in order
 */
record Group(Kind kind, String brackets, List<AnswerValue> members) implements AnswerValue {

    enum Kind {
        /** In brackets: a point or an interval. */
        TUPLE,
        /** In braces. */
        SET,
        /** Without brackets. */
        LIST,
        /** Sets or intervals joined. */
        UNION,
        /** {@code 3 : 2}. */
        RATIO
    }

    public Group {
        members = List.copyOf(members);
    }

    @Override
    public Comparison compare(AnswerValue other) {
        if (other instanceof Quantity quantity) {
            return quantity.compare(this);
        }
        return other instanceof Group group ? compare(group) : Comparison.UNKNOWN;
    }

    private Comparison compare(Group other) {
        Comparison inOrder = Comparison.inOrder(members, other.members, AnswerValue::compare);
        if (kind == other.kind) {
            return switch (kind) {
                case TUPLE -> brackets.equals(other.brackets) ? inOrder : inOrder.and(Comparison.DIFFERENT);
                case RATIO -> inOrder == Comparison.SAME ? inOrder : ratio(other, inOrder);
                case SET, LIST, UNION -> Comparison.inAnyOrder(members, other.members, AnswerValue::compare);
            };
        }
        boolean unordered = Set.of(Kind.SET, Kind.LIST).containsAll(List.of(kind, other.kind));
        if (unordered) {
            return Comparison.inAnyOrder(members, other.members, AnswerValue::compare);
        }
        boolean written = kind == Kind.LIST || other.kind == Kind.LIST;
        return written && inOrder == Comparison.SAME ? inOrder : Comparison.UNKNOWN;
    }

    /** {@code 6 : 4} is the ratio {@code 3 : 2}, but 6:40 is another time than 3:20. */
    private Comparison ratio(Group other, Comparison inOrder) {
        if (members.size() != 2 || other.members.size() != 2) {
            return inOrder;
        }
        List<Expression> parts = new ArrayList<>();
        for (AnswerValue each : List.of(members.get(0), members.get(1), other.members.get(0), other.members.get(1))) {
            if (!(each instanceof Quantity quantity)) {
                return Comparison.UNKNOWN;
            }
            parts.add(quantity.last());
        }
        boolean proportional =
                Equality.exact(parts.get(0).times(parts.get(3)), parts.get(1).times(parts.get(2)));
        return proportional ? Comparison.UNKNOWN : inOrder;
    }
}

package dev.mpo.train.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The numbers that a setting accepts; without bounds every finite number. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Range {

    /** Smallest accepted number. */
    double min() default Double.NEGATIVE_INFINITY;

    /** Largest accepted number. */
    double max() default Double.POSITIVE_INFINITY;

    /** A bound that accepted numbers exceed. */
    double above() default Double.NEGATIVE_INFINITY;

    /** A bound that accepted numbers stay below. */
    double below() default Double.POSITIVE_INFINITY;
}

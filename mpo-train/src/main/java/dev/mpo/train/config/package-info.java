/**
 * The settings of a training run: immutable records, their defaults, and strict loading.
 *
 * <p>{@link dev.mpo.train.config.RunConfig} is the result; {@link dev.mpo.train.config.ConfigLoader} builds one from
 * {@code defaults.yaml}, configuration files and single settings, and reports every problem at once. A setting exists
 * by being a component of a settings record and having a line in {@code defaults.yaml}; its name in files is the
 * component's name in snake case, its range the {@link dev.mpo.train.config.Range} on the component.
 */
@NullMarked
package dev.mpo.train.config;

import org.jspecify.annotations.NullMarked;

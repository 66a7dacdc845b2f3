/** Tests of the settings: defaults, layers, and every kind of mistake. */
@NullMarked
package dev.mpo.train.config;

import org.jspecify.annotations.NullMarked;

/** Tests of the sampling pipelines. */
@NullMarked
package dev.mpo.eval.pipeline.sample;

import org.jspecify.annotations.NullMarked;

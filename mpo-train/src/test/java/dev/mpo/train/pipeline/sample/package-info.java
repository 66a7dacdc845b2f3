/** Tests of the sampling pipelines. */
@NullMarked
package dev.mpo.train.pipeline.sample;

import org.jspecify.annotations.NullMarked;

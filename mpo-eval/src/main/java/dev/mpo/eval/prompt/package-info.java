/**
 * The texts that ask a model for an answer in a form that can be judged, in the published versions. Start reading at
 * {@link dev.mpo.eval.prompt.PromptVersion}.
 */
@NullMarked
package dev.mpo.eval.prompt;

import org.jspecify.annotations.NullMarked;

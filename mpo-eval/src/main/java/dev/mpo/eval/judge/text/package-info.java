/** Text operations that have to mean what they mean in Python, because the published data was made with it. */
@NullMarked
package dev.mpo.eval.judge.text;

import org.jspecify.annotations.NullMarked;

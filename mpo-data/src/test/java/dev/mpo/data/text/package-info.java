/** Tests of tokenizers and conversations against the reference's ids, and against hand-made small cases. */
@NullMarked
package dev.mpo.data.text;

import org.jspecify.annotations.NullMarked;

/**
 * From a downloaded folder of archives and a meta file with its authors' paths to a data set that trains here.
 *
 * <p>Start reading at {@link dev.mpo.data.prepare.DataPreparation}: it unpacks archives ({@code Unpacking}) and writes
 * a meta file with local paths ({@code MetaRewriter}). Nothing else depends on this package but the command line.
 */
@NullMarked
package dev.mpo.data.prepare;

import org.jspecify.annotations.NullMarked;

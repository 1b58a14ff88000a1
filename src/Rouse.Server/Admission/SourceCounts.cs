using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace Rouse.Server.Admission;

/// <summary>Live connections of a service by their source address, kept only where per_source limits them.</summary>
public sealed class SourceCounts
{
    private readonly Dictionary<UInt128, int> _counts = [];

    /// <summary>Addresses with at least one live connection.</summary>
    public int Sources => _counts.Count;

    public int Of(UInt128 source) => _counts.GetValueOrDefault(source);

    public void Add(UInt128 source) => CollectionsMarshal.GetValueRefOrAddDefault(_counts, source, out _)++;

    public void Remove(UInt128 source)
    {
        ref int count = ref CollectionsMarshal.GetValueRefOrNullRef(_counts, source);
        if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref count))
        {
            return;
        }

        if (--count <= 0)
        {
            _counts.Remove(source);
        }
    }

    public void Clear() => _counts.Clear();
}

using System;
using System.Collections.Generic;
using Rouse.Server.Loop;

namespace Rouse.Server.Names;

/// <summary>One address whose name is being looked up, and all who wait for it. The loop's, but for <see cref="IsUnwanted"/>.</summary>
internal sealed class LookUp
{
    private volatile bool _isUnwanted;

    public LookUp(UInt128 address, Action<LookUp> timedOut)
    {
        Address = address;
        Limit = new LoopTimer(() => timedOut(this));
    }

    public UInt128 Address { get; }

    public LoopTimer Limit { get; }

    public List<INameAwaiter> Awaiters { get; } = [];

    /// <summary>Its time is over: a thread that has not begun it need not.</summary>
    public bool IsUnwanted
    {
        get => _isUnwanted;
        set => _isUnwanted = value;
    }
}

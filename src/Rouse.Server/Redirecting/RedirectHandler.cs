using Rouse.Server.BuiltIn;
using Rouse.Server.Logging;

namespace Rouse.Server.Redirecting;

/// <summary>Sessions of services with <c>redirect</c>, and what all of them share.</summary>
internal class RedirectHandler(Keeper keeper) : SessionPool<RedirectSession>
{
    public RelayBuffers Buffers { get; } = new(keeper.System);

    public Patience Patience { get; } = new(keeper.Loop);

    /// <summary>Shortages of our own, which may strike at every connection of a burst.</summary>
    public BurstNotice Shortage { get; } = new(keeper.Log);

    protected override RedirectSession Make() => new(this);
}

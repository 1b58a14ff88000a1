using Rouse.Server.Redirecting;

namespace Rouse.Server.Backends;

/// <summary>Sessions of on-demand-resident services. All that wait together are bounded: each holds a descriptor and does nothing with it.</summary>
internal sealed class BackendHandler(Keeper keeper, int mostWaiting) : RedirectHandler(keeper)
{
    /// <summary>Connections of all services that wait for a server, or have sent nothing yet.</summary>
    public int Waiting { get; set; }

    public bool IsFull => Waiting >= mostWaiting;

    protected override RedirectSession Make() => new BackendSession(this);
}

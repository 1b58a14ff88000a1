using Rouse.Linux;
using Rouse.Server.Loop;

namespace Rouse.Server.Redirecting;

/// <summary>The events of a redirected connection's other socket.</summary>
internal sealed class TargetSide(RedirectSession session) : EventSource
{
    public override void OnReady(PollEvents events) => session.OnTargetReady(events);
}

using Rouse.Linux;
using Rouse.Server.Listening;
using Rouse.Server.Sessions;
using Rouse.Server.Warm;

namespace Rouse.Server;

/// <summary>The ends of the daemon's children: servers, commands, and what was started beforehand.</summary>
public sealed partial class Keeper
{
    private WarmRoom? _warm;

    /// <summary>Servers that are started beforehand.</summary>
    internal WarmRoom Warm => _warm ??= new WarmRoom(this);

    private void Reap()
    {
        while (System.Reap(ofAllThreads: _warm is not { IsStarting: true }, out ChildExit exit))
        {
            ChildEnded(exit);
        }

        _warm?.ChildrenReaped();
    }

    /// <summary>A child of this process has been reaped, by whichever thread.</summary>
    internal void ChildEnded(ChildExit exit)
    {
        if (Sessions.Remove(exit.Pid, out Service service, out Session session))
        {
            Gate.GiveBackPlace();
            if (System.TryTakeFailure(exit, out LaunchFailure failure))
            {
                Launcher.TellFailure(service, service.Definition.Server, failure);
            }

            service.ServerEnded(session, exit);
        }
        else if (!Commands.Ended(exit))
        {
            _warm?.Ended(exit);
        }
    }
}

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
        while (System.Reap(out ChildExit exit))
        {
            ChildEnded(exit);
        }

        _warm?.ChildHasEnded();
    }

    /// <summary>A child of this process has been reaped, by whichever thread had made it.</summary>
    internal void ChildEnded(ChildExit exit, bool isOfParker = false)
    {
        if (Sessions.Remove(exit.Pid, out Service service, out Session session))
        {
            Gate.Processes--;
            service.ServerEnded(session, exit);
        }
        else if (_warm?.Ended(exit, isOfParker) != true)
        {
            Commands.Ended(exit);
        }
    }
}

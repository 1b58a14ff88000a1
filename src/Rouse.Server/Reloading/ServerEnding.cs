using System.Collections.Generic;
using Rouse.Linux;
using Rouse.Server.BuiltIn;
using Rouse.Server.Listening;
using Rouse.Server.Loop;
using Rouse.Server.Sessions;

namespace Rouse.Server.Reloading;

/// <summary>
/// Ends the servers of a service that is turned off: SIGTERM now, SIGKILL after a while to those that are still there. Nothing waits for
/// them meanwhile. Differs from xinetd: D-005 (there SIGKILL at once, and the daemon sleeps up to four seconds for each).
/// </summary>
internal static class ServerEnding
{
    private const long PatienceMs = 2500;

    public static void End(Keeper keeper, Service service)
    {
        EndServers(keeper, service);
        EndAnsweredHere(service);
    }

    /// <summary>The same for the servers alone.</summary>
    public static void EndServers(Keeper keeper, Service service)
    {
        if (service.Backend is { } backend)
        {
            backend.End();
            return;
        }

        List<Session> sessions = keeper.Settings.EndsServers ? keeper.Sessions.Of(service) : [];
        foreach (Session session in sessions)
        {
            keeper.System.KillChild(session.Pid, Signal.TERM);
        }

        if (sessions.Count > 0)
        {
            keeper.Loop.Set(
                new LoopTimer(() =>
                {
                    // Only what is still in the table is still that server: its number cannot have been given to another process.
                    foreach (Session session in keeper.Sessions.Of(service))
                    {
                        if (sessions.Contains(session))
                        {
                            keeper.System.KillChild(session.Pid, Signal.KILL);
                        }
                    }
                }),
                PatienceMs);
        }
    }

    /// <summary>What ends together with the daemon: its own connections, the servers of RPC services and those that are started by themselves. Others run on.</summary>
    public static void EndAtExit(Keeper keeper, Service service)
    {
        EndAnsweredHere(service);
        service.Backend?.EndAtExit();
        if (keeper.Settings.EndsServers && service.EndsServersAtExit)
        {
            foreach (Session session in keeper.Sessions.Of(service))
            {
                keeper.System.KillChild(session.Pid, Signal.TERM);
            }
        }
    }

    /// <summary>The daemon ends and leaves all that there is: the kernel closes its connections.</summary>
    public static void LeaveAtExit(Service service)
    {
        for (StreamSession? session = service.NewestSession; session is not null; session = session.Older)
        {
            session.ResetWhoIsOwedBytes();
        }
    }

    /// <summary>Closes the connections that the daemon itself is answering or passing on.</summary>
    public static void EndAnsweredHere(Service service)
    {
        while (service.NewestSession is { } session)
        {
            session.Cut();
        }
    }
}

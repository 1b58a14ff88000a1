using Rouse.Config.Model;
using Rouse.Server.Loop;

namespace Rouse.Server.Listening;

/// <content>Out of service for a time, because too many connections came.</content>
internal sealed partial class Service
{
    private void TakeOutOfService()
    {
        if (State != ServiceState.Listening)
        {
            return;
        }

        _sockets.Close();
        State = ServiceState.OutOfService;
        Keeper.Log.Error($"Deactivating service {Definition.Name} due to excessive incoming connections.  "
            + $"Restarting in {Definition.Cps.WaitSeconds} seconds.");
        Keeper.Loop.Set(_returnTimer ??= new LoopTimer(ReturnToService), Definition.Cps.WaitSeconds * 1000L);
    }

    // inetd's words, which log readers look for; openbsd-inetd is the one that adds for how long.
    private void LeaveAlone(StartLimit limit)
    {
        const ushort FirstUnreserved = 1024;
        bool stays = limit.KeepsHighPorts && Definition.Flags.HasFlag(ServiceFlags.IPv4) && Definition.Port >= FirstUnreserved;
        if (stays)
        {
            // Differs from inetd: D-085 (there without a word).
            if (_starts.TellsNow())
            {
                Keeper.Log.Error($"{limit.Label} server failing (looping), its connections are closed until the minute is over");
            }
        }
        else if (State == ServiceState.Listening)
        {
            _sockets.Close();
            State = ServiceState.OutOfService;
            string howLong = limit.KeepsHighPorts ? $" for {limit.WaitSeconds / 60} min" : "";
            Keeper.Log.Error($"{limit.Label} server failing (looping), service terminated{howLong}");
            Keeper.Loop.Set(_returnTimer ??= new LoopTimer(ReturnToService), limit.WaitSeconds * 1000L);
        }
    }

    /// <summary>A reload: inetd serves again at once what it had left alone.</summary>
    public void ReturnEarly()
    {
        if (State == ServiceState.OutOfService && Definition.Starts is not null)
        {
            _returnTimer!.Cancel();
            ReturnToService();
        }
    }

    private void ReturnToService()
    {
        _cps.Reset();
        _starts.Reset();
        Keeper.Log.Error($"Activating service {Definition.Name}");
        Open();
    }
}

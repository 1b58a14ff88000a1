using System;
using Rouse.Linux;
using Rouse.Server.Loop;

namespace Rouse.Server;

/// <summary>What signals ask for: section "signals" of xinetd(8).</summary>
public sealed partial class Keeper
{
    internal void OnSignal(int signal)
    {
        if (IsEnding)
        {
            return;
        }

        switch (signal)
        {
            case Signal.CHLD:
                Reap();
                break;
            case Signal.HUP or Signal.USR2:
                Reloads.Reload(null);
                break;
            case Signal.TERM or Signal.INT:
                Stop(endServers: true);
                break;
            case Signal.QUIT:
                Stop(endServers: false);
                break;
            case Signal.USR1:
                _dumps.Write();
                break;
            case Signal.ABRT:
                _check.Run(onRequest: true);
                break;
            default:
                // All others are ignored, as in the original: also XFSZ, which a log over the limit of a file's size would raise.
                break;
        }
    }

    private sealed class SignalSource(Keeper keeper) : EventSource
    {
        private Fd _fd = Fd.None;

        public void Watch()
        {
            SysResult opened = keeper.System.OpenSignals();
            if (!opened.Ok)
            {
                throw new InvalidOperationException($"signalfd failed: {opened.Error.Describe()}");
            }

            _fd = opened.Fd;
            keeper.Loop.Watch(this, _fd, PollEvents.In);
        }

        public override void OnReady(PollEvents events)
        {
            // Another one that waits is told by the next turn: mostly there is none, and it would cost a call to find that out.
            int signal = keeper.System.NextSignal(_fd);
            if (signal != 0)
            {
                keeper.OnSignal(signal);
            }
        }
    }
}

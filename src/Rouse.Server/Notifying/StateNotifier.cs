using System;
using System.Collections.Generic;
using Rouse.Config.Text;
using Rouse.Linux;
using Rouse.Server.Loop;

namespace Rouse.Server.Notifying;

/// <summary>
/// Tells the service manager what the daemon does: that it listens, reads its configuration again, ends, and that its loop turns; the
/// assignments are those of sd_notify(3). Nothing waits for the manager and nothing depends on it. What its queue has no room for is sent again
/// soon, in its order, as it waits for that; any other fault is told once, until something gets through again.
/// </summary>
internal sealed class StateNotifier(Keeper keeper, NotifyRequest request)
{
    private const int RetryMs = 200;
    private const int LongestReason = 300;

    private readonly Queue<byte[]> _waiting = [];
    private LoopTimer? _retry;
    private Fd _socket = Fd.None;
    private bool _isFaultTold;

    private bool IsWanted => request.Address.Length > 0;

    /// <summary>What the process that waits for the daemon says in its place: it is the one whose word the manager takes. Empty for nothing.</summary>
    public byte[] ReadyMessage(int pid) => IsWanted ? SourceFile.Encode($"READY=1\nMAINPID={pid}\n{Status("")}") : [];

    /// <summary>From now on the manager hears that the loop turns, if it has asked for that.</summary>
    public void BeginWatchdog()
    {
        if (request.WatchdogMs > 0)
        {
            keeper.Loop.BeatEvery(request.WatchdogMs, Beat);
        }
    }

    /// <summary>The daemon listens, for the first time or after a reload.</summary>
    /// <param name="refusal">Why the reload has changed nothing; empty where there was none.</param>
    public void Ready(string refusal)
    {
        if (IsWanted)
        {
            Tell("READY=1\n" + Status(refusal));
        }
    }

    public void Reloading()
    {
        if (IsWanted)
        {
            // An older pair that is still to be sent says nothing any more.
            _waiting.Clear();
            Tell($"RELOADING=1\nMONOTONIC_USEC={keeper.System.MonotonicUs}\nSTATUS=Reading the configuration");
        }
    }

    /// <summary>Services were opened or closed without a reload.</summary>
    public void Switched()
    {
        if (IsWanted)
        {
            Tell(Status(""));
        }
    }

    public void Stopping()
    {
        if (IsWanted)
        {
            _waiting.Clear();
            Tell("STOPPING=1\nSTATUS=Ending");
        }
    }

    private string Status(string refusal)
    {
        int services = keeper.ServiceCount;
        string text = $"STATUS=Serving {services} service{(services == 1 ? "" : "s")}";
        return refusal.Length == 0 ? text : $"{text}; the last reload was refused: {OneLine(refusal)}";
    }

    // A line break would begin another assignment.
    private static string OneLine(string text) => string.Create(
        Math.Min(text.Length, LongestReason),
        text,
        static (line, text) =>
        {
            for (int i = 0; i < line.Length; i++)
            {
                line[i] = text[i] is < ' ' or '\x7f' ? ' ' : text[i];
            }
        });

    private void Tell(string assignments)
    {
        byte[] message = SourceFile.Encode(assignments);
        if (_waiting.Count > 0 || !TrySend(message))
        {
            _waiting.Enqueue(message);
            TryAgainSoon();
        }
    }

    // Not behind what waits: that is tried again sooner than the next beat is due, or the manager takes nothing at all.
    private void Beat()
    {
        if (!TrySend("WATCHDOG=1"u8))
        {
            keeper.Loop.BeatAfter(Math.Min(RetryMs, request.WatchdogMs));
        }
    }

    private void SendWaiting()
    {
        while (_waiting.TryPeek(out byte[]? message))
        {
            if (!TrySend(message))
            {
                TryAgainSoon();
                return;
            }

            _waiting.Dequeue();
        }
    }

    private void TryAgainSoon()
    {
        _retry ??= new LoopTimer(SendWaiting);
        keeper.Loop.Set(_retry, RetryMs);
    }

    // False where it is worth while to send it again.
    private bool TrySend(ReadOnlySpan<byte> message)
    {
        SysResult sent = SysResult.Success();
        if (!_socket.IsOpen)
        {
            sent = keeper.System.OpenNotify();
            _socket = sent.Ok ? sent.Fd : Fd.None;
        }

        sent = sent.Ok ? keeper.System.Notify(_socket, request.Address, message) : sent;
        if (sent.Ok)
        {
            _isFaultTold = false;
            return true;
        }

        if (!_isFaultTold)
        {
            _isFaultTold = true;
            keeper.Log.Warning(
                $"the service manager at {request.Address} (NOTIFY_SOCKET) cannot be told what the daemon does: {sent.Error.Describe()}; the services run all the same");
        }

        return sent.Error != Errno.EAGAIN && !sent.Error.IsShortage();
    }
}

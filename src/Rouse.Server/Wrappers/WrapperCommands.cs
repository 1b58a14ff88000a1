using System.Collections.Generic;
using System.Collections.Immutable;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Launch;
using Rouse.Server.Listening;
using Rouse.Server.Logging;
using Rouse.Server.Loop;

namespace Rouse.Server.Wrappers;

/// <summary>Somebody who cannot go on before a command has ended.</summary>
internal interface ICommandAwaiter
{
    /// <summary>Called once, on the loop's thread, never from within the starting.</summary>
    void CommandEnded(bool succeeded);
}

/// <summary>
/// The shell commands of rules (the options spawn and aclexec of hosts_options(5)): each runs as its service's user, with /dev/null for input
/// and output. The connection waits for it as it does in the original, but not for ever, and alone. A command that hangs is ended after a
/// while, and a service whose commands hang leaves room for the commands of others. Differs from xinetd: D-066.
/// </summary>
internal sealed class WrapperCommands(EventLoop loop, ServerWorld world, DaemonLog log)
{
    /// <summary>Who waits for a command waits no longer than this; it has failed then.</summary>
    public const int LimitMs = 30_000;

    /// <summary>A command that takes longer is ended: SIGTERM for it and for what it has started, SIGKILL for what is left later.</summary>
    public const int EndMs = 300_000;

    public const int GraceMs = 10_000;

    /// <summary>
    /// Commands at the same time, those included that nobody waits for any more. Of them a service may have as many as are free: alone half of
    /// them, and each that comes later finds some.
    /// </summary>
    public const int Most = 256;

    private readonly Dictionary<int, Running> _running = [];
    private readonly BurstNotice _notice = new(log);

    public int Count => _running.Count;

    /// <summary>A command has this process id.</summary>
    public bool Knows(int pid) => _running.ContainsKey(pid);

    /// <summary>Starts a command; false when it cannot be started, and nobody will be told.</summary>
    public bool Start(Service service, string command, ICommandAwaiter? awaiter)
    {
        if (CountOf(service) >= Most - _running.Count)
        {
            _notice.Report(
                loop.NowMs,
                $"{service.Definition.Id}: as many commands of the tcp_wrappers rules run for it already as there is room for others ({_running.Count} of {Most}): "
                + "more are left out");
            return false;
        }

        SysResult nowhere = loop.System.OpenReserve();
        if (!nowhere.Ok)
        {
            return Failed(service, nowhere.Error);
        }

        ServiceDefinition definition = service.Definition;
        using ServerImage image = ServerImages.Build(ServerImages.Describe(ShellOf(definition, command), world), loop.System.Launches);
        SysResult started = loop.System.Spawn(image, nowhere.Fd, default);
        loop.System.Close(nowhere.Fd);
        if (!started.Ok)
        {
            return Failed(service, started.Error);
        }

        Running running = new(this, service, started.Value, awaiter);
        _running.Add(started.Value, running);
        loop.Set(running.Limit, awaiter is null ? EndMs : LimitMs);
        return true;
    }

    /// <summary>The definition of a server that is a shell with one command.</summary>
    public static ServiceDefinition ShellOf(ServiceDefinition definition, string command) =>
        definition with { Server = "/bin/sh", Arguments = ImmutableArray.Create("sh", "-c", command) };

    /// <summary>Does not wait any more.</summary>
    public void Withdraw(ICommandAwaiter awaiter)
    {
        foreach (Running running in _running.Values)
        {
            if (ReferenceEquals(running.Awaiter, awaiter))
            {
                running.Awaiter = null;
            }
        }
    }

    /// <summary>A child has ended; false if it was no command.</summary>
    public bool Ended(in ChildExit exit)
    {
        if (!_running.Remove(exit.Pid, out Running? running))
        {
            return false;
        }

        // What it has started and was told to end as well has its time for that.
        if (running.Family.Count == 0)
        {
            running.Limit.Cancel();
        }

        if (loop.System.TryTakeFailure(exit, out LaunchFailure failure))
        {
            Failed(running.Service, failure.Error);
        }

        running.Awaiter?.CommandEnded(exit.IsSuccess);
        return true;
    }

    private int CountOf(Service service)
    {
        int count = 0;
        foreach (Running running in _running.Values)
        {
            count += ReferenceEquals(running.Service, service) ? 1 : 0;
        }

        return count;
    }

    private bool Failed(Service service, Errno error)
    {
        _notice.Report(loop.NowMs, $"{service.Definition.Id}: a command of the tcp_wrappers rules cannot be started: {error.Describe()} (errno = {(int)error})");
        return false;
    }

    private void TimedOut(Running running)
    {
        switch (running.Phase)
        {
            case Phase.Awaited:
                running.Phase = Phase.LeftAlone;
                loop.Set(running.Limit, EndMs - LimitMs);
                GoOnWithout(running);
                break;
            case Phase.LeftAlone:
                running.Phase = Phase.Ending;
                loop.Set(running.Limit, GraceMs);
                End(running);
                break;
            default:
                Kill(running);
                break;
        }
    }

    private void GoOnWithout(Running running)
    {
        if (running.Awaiter is not { } awaiter)
        {
            return;
        }

        running.Awaiter = null;
        _notice.Report(
            loop.NowMs,
            $"tcp_wrappers: command with pid {running.Pid} has not ended within {LimitMs / 1000} seconds: it is not waited for any more. "
            + "Write & after it if it is meant to take long");
        awaiter.CommandEnded(succeeded: false);
    }

    // A shell that is told to end does not tell what it waits for.
    private void End(Running running)
    {
        _notice.Report(
            loop.NowMs,
            $"tcp_wrappers: command with pid {running.Pid} has not ended within {EndMs / 1000} seconds: it is ended. "
            + "Write & after it if it is meant to take longer");
        loop.System.ListFamily(loop.System.Retrace(running.Pid, default), running.Family);
        foreach (FamilyMember member in running.Family)
        {
            loop.System.Kill(member.Pid, Signal.TERM);
        }
    }

    private void Kill(Running running)
    {
        foreach (FamilyMember member in running.Family)
        {
            if (loop.System.Lives(member))
            {
                loop.System.Kill(member.Pid, Signal.KILL);
            }
        }
    }

    private enum Phase
    {
        Awaited,
        LeftAlone,
        Ending,
    }

    private sealed class Running
    {
        public Running(WrapperCommands owner, Service service, int pid, ICommandAwaiter? awaiter)
        {
            Service = service;
            Pid = pid;
            Awaiter = awaiter;
            Phase = awaiter is null ? Phase.LeftAlone : Phase.Awaited;
            Limit = new LoopTimer(() => owner.TimedOut(this));
        }

        public Service Service { get; }

        public int Pid { get; }

        public ICommandAwaiter? Awaiter { get; set; }

        public Phase Phase { get; set; }

        /// <summary>Itself and what it had started when it was told to end.</summary>
        public List<FamilyMember> Family { get; } = [];

        public LoopTimer Limit { get; }
    }
}

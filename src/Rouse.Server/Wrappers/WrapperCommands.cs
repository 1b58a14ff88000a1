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
/// and output. The connection waits for it as it does in the original, but not for ever, and alone.
/// </summary>
internal sealed class WrapperCommands(EventLoop loop, ServerWorld world, DaemonLog log)
{
    /// <summary>Who waits for a command waits no longer than this; it has failed then.</summary>
    public const int LimitMs = 30_000;

    /// <summary>Commands at the same time, those included that nobody waits for any more.</summary>
    public const int Most = 128;

    private readonly Dictionary<int, Running> _running = [];
    private readonly BurstNotice _notice = new(log);

    public int Count => _running.Count;

    /// <summary>A command has this process id.</summary>
    public bool Knows(int pid) => _running.ContainsKey(pid);

    /// <summary>Starts a command; false when it cannot be started, and nobody will be told.</summary>
    public bool Start(Service service, string command, ICommandAwaiter? awaiter)
    {
        if (_running.Count >= Most)
        {
            _notice.Report(loop.NowMs, $"{service.Definition.Id}: {Most} commands of the tcp_wrappers rules run already: others are left out");
            return false;
        }

        SysResult nowhere = loop.System.OpenReserve();
        if (!nowhere.Ok)
        {
            return Failed(service, nowhere.Error);
        }

        ServiceDefinition definition = service.Definition;
        using ServerImage image = new(ServerImages.Describe(ShellOf(definition, command), world));
        SysResult started = loop.System.Spawn(image, nowhere.Fd, default);
        loop.System.Close(nowhere.Fd);
        if (!started.Ok || image.Failure.Stage != LaunchStage.None)
        {
            // A child that could not become the shell is reaped like any other; nobody waits for it.
            return Failed(service, started.Ok ? image.Failure.Error : started.Error);
        }

        Running running = new(this, started.Value, awaiter);
        _running.Add(started.Value, running);
        if (awaiter is not null)
        {
            loop.Set(running.Limit, LimitMs);
        }

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
                running.Limit.Cancel();
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

        running.Limit.Cancel();
        running.Awaiter?.CommandEnded(exit.IsSuccess);
        return true;
    }

    private bool Failed(Service service, Errno error)
    {
        _notice.Report(loop.NowMs, $"{service.Definition.Id}: a command of the tcp_wrappers rules cannot be started: {error.Describe()} (errno = {(int)error})");
        return false;
    }

    private void TimedOut(Running running)
    {
        ICommandAwaiter? awaiter = running.Awaiter;
        running.Awaiter = null;
        _notice.Report(
            loop.NowMs,
            $"tcp_wrappers: command with pid {running.Pid} has not ended within {LimitMs / 1000} seconds: it is not waited for any more. "
            + "Write & after it if it is meant to take long");
        awaiter?.CommandEnded(succeeded: false);
    }

    private sealed class Running
    {
        public Running(WrapperCommands owner, int pid, ICommandAwaiter? awaiter)
        {
            Pid = pid;
            Awaiter = awaiter;
            Limit = new LoopTimer(() => owner.TimedOut(this));
        }

        public int Pid { get; }

        public ICommandAwaiter? Awaiter { get; set; }

        public LoopTimer Limit { get; }
    }
}

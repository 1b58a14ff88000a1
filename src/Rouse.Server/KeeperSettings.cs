using Rouse.Server.Hosts;
using Rouse.Server.Launch;
using Rouse.Server.Logging;
using Rouse.Server.Names;
using Rouse.Server.Notifying;
using Rouse.Server.Wrappers;

namespace Rouse.Server;

/// <summary>What the command line decides for the whole run.</summary>
public sealed record KeeperSettings
{
    public required ServerWorld World { get; init; }

    /// <summary>-limit: servers of all services together.</summary>
    public int ProcessLimit { get; init; } = int.MaxValue;

    /// <summary>-q of inetd: how many connections may wait in a listening socket's queue.</summary>
    public int Backlog { get; init; } = Linux.ListenRequest.DefaultBacklog;

    /// <summary>Servers find their peer's address in REMOTE_HOST; inetd's do not.</summary>
    public bool TellsRemoteHost { get; init; } = true;

    /// <summary>The servers of a service that is dropped or moved are ended; inetd's run on.</summary>
    public bool EndsServers { get; init; } = true;

    /// <summary>daytime answers in inetd's form.</summary>
    public bool AnswersAsInetd { get; init; }

    /// <summary>--environment of inetutils: servers find the ends of their connection in TCPLOCALIP, TCPREMOTEIP and their ports.</summary>
    public bool TellsConnection { get; init; }

    /// <summary>--resolve of inetutils: with <see cref="TellsConnection"/>, the names of both ends too, in TCPLOCALHOST and TCPREMOTEHOST.</summary>
    public bool TellsNames { get; init; }

    /// <summary>-logprocs: identification servers asked at the same time.</summary>
    public int IdentificationLimit { get; init; } = 15;

    /// <summary>Who finds out the names of peers; tests put another in its place.</summary>
    public IHostResolver Resolver { get; init; } = new SystemHostResolver();

    /// <summary>What the rules of tcp_wrappers need of the machine; tests put another in its place.</summary>
    public IWrapperHost WrapperHost { get; init; } = new SystemWrapperHost();

    /// <summary>What the service manager that has started the daemon wants to be told.</summary>
    public NotifyRequest Notify { get; init; } = NotifyRequest.None;

    /// <summary>-stayalive: run on without any service.</summary>
    public bool StayAlive { get; init; }

    /// <summary>Takes every service's lines in place of what log_type names; null for none.</summary>
    public LogSink? ServiceLines { get; init; }

    /// <summary>What is given back while nothing happens; null for nothing.</summary>
    public QuietMemory? Memory { get; init; }

    /// <summary>-cc: seconds between two checks of the daemon's own state; 0 for none but those that SIGABRT asks for.</summary>
    public int CheckSeconds { get; init; }

    /// <summary>Where SIGUSR1 writes the state to.</summary>
    public string DumpPath { get; init; } = "/var/run/xinetd.dump";

    /// <summary>The configuration's main file, as status and dump name it.</summary>
    public string ConfigurationPath { get; init; } = "";

    /// <summary>The program's version, as status and dump name it.</summary>
    public string Version { get; init; } = "";

    /// <summary>How long an address that could not be bound is left alone.</summary>
    public long BindRetryMs { get; init; } = 3000;
}

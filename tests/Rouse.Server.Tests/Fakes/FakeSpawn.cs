using Rouse.Linux;

namespace Rouse.Server.Tests.Fakes;

/// <summary>One start of a server.</summary>
internal sealed record FakeSpawn(int Pid, ServerSpec Spec, Fd Socket, string RemoteHost)
{
    /// <summary>How the server found its socket.</summary>
    public bool NonBlocking { get; init; }
}

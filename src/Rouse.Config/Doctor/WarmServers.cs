using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Rouse.Config.Diagnostics;
using Rouse.Config.Hosts;
using Rouse.Config.Model;
using Rouse.Config.Text;

namespace Rouse.Config.Doctor;

/// <summary>
/// Servers that are started before their connection and yet speak of REMOTE_HOST, which they are never given: nobody knows the peer then. Only
/// what is written is looked at, in the entry and in the scripts that it names; what a compiled program asks its environment for is not known.
/// </summary>
internal static class WarmServers
{
    // Longer ones are programs that were packed, not scripts that somebody wrote.
    private const int LongestScript = 256 * 1024;

    private static ReadOnlySpan<byte> Variable => "REMOTE_HOST"u8;

    private static ReadOnlySpan<byte> OfScripts => "#!"u8;

    public static void Look(Examination e)
    {
        Dictionary<string, bool> scripts = new(StringComparer.Ordinal);
        foreach (ServiceDefinition service in e.Configuration.Services)
        {
            if (service.Spawns() && service.Start.Kind is StartKind.Warm or StartKind.WarmShared && Mention(e.Host, service, scripts) is { } found)
            {
                e.Warn(
                    Codes.WarmRemoteHost,
                    e.PlaceOf(service, found.Attribute),
                    $"{found.What} mentions REMOTE_HOST, which no server of service {Quoted.Of(service.Id)} is told: with start = warm it is started before "
                        + "anybody knows its peer. Let the server ask its connection (getpeername), or set start = on-demand.");
            }
        }
    }

    private static (string Attribute, string What)? Mention(IDoctorHost host, ServiceDefinition service, Dictionary<string, bool> scripts)
    {
        if (IsInAny(service.Environment))
        {
            return ("env", "env");
        }

        if (IsInAny(service.Arguments))
        {
            return ("server_args", "server_args");
        }

        if (IsInScript(host, service.Server, scripts))
        {
            return ("server", Quoted.Of(service.Server));
        }

        foreach (string word in service.Arguments)
        {
            // From where a server would look for one that does not begin with a slash is its own matter.
            if (word.StartsWith('/') && IsInScript(host, word, scripts))
            {
                return ("server_args", Quoted.Of(word));
            }
        }

        return null;
    }

    private static bool IsInAny(ImmutableArray<string> words)
    {
        foreach (string word in words)
        {
            if (IsIn(SourceFile.Encode(word)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsInScript(IDoctorHost host, string path, Dictionary<string, bool> known)
    {
        if (!known.TryGetValue(path, out bool isIn))
        {
            isIn = host.Status(path) is { Kind: PathKind.Regular } && host.Beginning(path, OfScripts.Length).AsSpan().SequenceEqual(OfScripts)
                && host.Beginning(path, LongestScript + 1) is { Length: <= LongestScript } text && IsIn(text);
            known.Add(path, isIn);
        }

        return isIn;
    }

    // As a name of its own: REMOTE_HOSTNAME is another one.
    private static bool IsIn(ReadOnlySpan<byte> text)
    {
        for (int at = text.IndexOf(Variable); at >= 0; at = text.IndexOf(Variable))
        {
            int end = at + Variable.Length;
            if ((at == 0 || !IsOfName(text[at - 1])) && (end == text.Length || !IsOfName(text[end])))
            {
                return true;
            }

            // The first character of what follows still tells where a name begins.
            text = text[(end - 1)..];
        }

        return false;
    }

    private static bool IsOfName(byte value) =>
        value is (byte)'_' or (>= (byte)'0' and <= (byte)'9') or (>= (byte)'A' and <= (byte)'Z') or (>= (byte)'a' and <= (byte)'z');
}

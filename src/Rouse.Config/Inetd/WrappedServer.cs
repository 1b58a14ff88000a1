using Rouse.Config.Attributes;
using Rouse.Config.Binding;
using Rouse.Config.Diagnostics;
using Rouse.Config.Text;

namespace Rouse.Config.Inetd;

/// <summary>
/// A server behind tcpd that is to be started without it: its path, or its name in tcpd's folder of servers, is the line's first argument,
/// and the last part of that is its name.
/// </summary>
internal static class WrappedServer
{
    /// <summary>openbsd-inetd knows tcpd by this path only.</summary>
    public const string Tcpd = "/usr/sbin/tcpd";

    private const string ServerFolder = "/usr/sbin/";

    public static void Bind(Assignment assignment, InetdBinder binder, Draft draft, InetdEntry entry)
    {
        binder.Assign(draft, AttributeId.ServerArgs, entry.Arguments);
        string given = draft.ServerArgs[0];
        string path = given.StartsWith('/') ? given : ServerFolder + given;
        TextRange name = entry.Arguments with { Length = given.Length };
        InetdBinder.Set(draft, AttributeId.Server, name);
        if (!assignment.Host.IsExecutable(path, out string reason))
        {
            draft.Fail(
                Codes.ServerNotExecutable,
                name.In(entry.File),
                $"server {Quoted.Of(path)} behind tcpd is no program that can be run: {reason}",
                "Install it, or name another one.");
            return;
        }

        draft.Server = path;
        draft.ServerArgs[0] = path[(path.LastIndexOf('/') + 1)..];
    }
}

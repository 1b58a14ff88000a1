using Rouse.Config.Attributes;
using Rouse.Config.Binding;
using Rouse.Config.Diagnostics;
using Rouse.Config.Model;
using Rouse.Config.Syntax;
using Rouse.Config.Text;

namespace Rouse.Config.Inetd;

/// <summary>
/// Makes a draft of a line of inetd.conf: its words are values of xinetd.conf's attributes, read by the same parsers and checked by the same
/// checks. As the original does with -inetd_compat, the user's groups are set, argv is the whole of what is written, and tcp_wrappers are
/// left to the server. Differs from xinetd: D-054 (there RPC and discard are not served, and a line that is wrong is served in part).
/// </summary>
internal sealed class InetdBinder(Assignment assignment)
{
    /// <summary>The draft of a line as xinetd means it.</summary>
    public Draft Bind(InetdEntry entry, Draft? defaults)
    {
        TextRange name = entry.Name.Length > 0 ? entry.Name : entry.Line;
        Draft draft = new(entry.Text(name), name.In(entry.File), isDefaults: false);
        Inheritance.AtReading(draft, defaults);
        foreach (Finding finding in entry.Findings)
        {
            draft.Report(finding.Code, finding.Severity, finding.Span, finding.What, finding.Advice);
        }

        if (!entry.IsBroken)
        {
            BindKind(draft, entry);
            BindServer(draft, entry);
            BindRate(draft, entry);
        }

        return draft;
    }

    private void BindKind(Draft draft, InetdEntry entry)
    {
        draft.Types = entry.Types;
        draft.Flags = entry.Flags;
        if (entry.Family == InetdFamily.IPv6)
        {
            draft.V6Only = true;
            Set(draft, AttributeId.V6Only, entry.Protocol);
        }

        Assign(draft, AttributeId.SocketType, entry.SocketType);
        Assign(draft, AttributeId.Protocol, entry.Protocol);
        if (entry.IsNumeric)
        {
            Assign(draft, AttributeId.Port, entry.Name);
        }

        if (entry.IsRpc)
        {
            Assign(draft, AttributeId.RpcVersion, entry.Versions);
        }

        draft.Id = entry.Id;
    }

    // xinetd has no limit by the minute.
    private static void BindRate(Draft draft, InetdEntry entry)
    {
        if (entry.Cps is { } cps)
        {
            draft.Cps = cps;
            Set(draft, AttributeId.Cps, entry.SocketType);
        }
    }

    /// <summary>What every inetd means by the fields from wait on, but for the limits.</summary>
    /// <param name="asksItself">openbsd-inetd with -l: a server behind tcpd is started without it, as the rules have been asked by then.</param>
    public void BindServer(Draft draft, InetdEntry entry, bool asksItself = false)
    {
        draft.Wait = entry.Wait;
        Set(draft, AttributeId.Wait, entry.SocketType);
        draft.Groups = true;
        Set(draft, AttributeId.Groups, entry.User);
        Assign(draft, AttributeId.User, entry.User);
        if (entry.Group.Length > 0)
        {
            Assign(draft, AttributeId.Group, entry.Group);
        }

        if (!entry.IsInternal && asksItself && entry.Arguments.Length > 0 && entry.Text(entry.Server) == WrappedServer.Tcpd)
        {
            WrappedServer.Bind(assignment, this, draft, entry);
        }
        else if (!entry.IsInternal)
        {
            BindProgram(draft, entry);
        }
    }

    private void BindProgram(Draft draft, InetdEntry entry)
    {
        if (entry.ServerPath is not { } path)
        {
            Assign(draft, AttributeId.Server, entry.Server);
        }
        else
        {
            Begin(draft, AttributeId.Server, entry.Server);
            if (ServerValues.Accept(assignment, path, entry.Server.In(entry.File)))
            {
                Set(draft, AttributeId.Server, entry.Server);
            }
        }

        if (entry.ArgumentWords is { Count: > 0 } words)
        {
            draft.ServerArgs.AddRange(words);
            draft.NamedInArgsFirst = draft.Is(ServiceFlags.NameInArgs);
            Set(draft, AttributeId.ServerArgs, entry.Arguments);
        }
        else if (entry.Arguments.Length > 0)
        {
            Assign(draft, AttributeId.ServerArgs, entry.Arguments);
        }
    }

    /// <summary>The kind of socket, as it is written or as it follows from the protocol.</summary>
    public void BindSocketType(Draft draft, InetdEntry entry)
    {
        if (entry.InferredSocketType is not { } inferred)
        {
            Assign(draft, AttributeId.SocketType, entry.SocketType);
            return;
        }

        draft.SocketType = inferred == "dgram" ? SocketType.Dgram : SocketType.Stream;
        Set(draft, AttributeId.SocketType, entry.SocketType);
    }

    public void Assign(Draft draft, AttributeId id, TextRange values)
    {
        if (Begin(draft, id, values).Parse(assignment))
        {
            draft.Specify(id, assignment.ValuesSpan);
        }
    }

    private AttributeRow Begin(Draft draft, AttributeId id, TextRange values)
    {
        AttributeRow row = AttributeTable.RowOf(id);
        draft.Mention(id);
        assignment.Begin(draft, row, new AttributeSyntax(default, values, AssignOperator.Set, values, values, AttributeFault.None));
        return row;
    }

    /// <summary>The line itself says it, though in no words of xinetd.conf.</summary>
    public static void Set(Draft draft, AttributeId id, TextRange place)
    {
        draft.Mention(id);
        draft.Specify(id, place.In(draft.File));
    }
}

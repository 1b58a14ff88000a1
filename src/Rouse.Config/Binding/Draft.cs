using System.Collections.Generic;
using Rouse.Config.Addresses;
using Rouse.Config.Attributes;
using Rouse.Config.Diagnostics;
using Rouse.Config.Model;
using Rouse.Config.Text;

namespace Rouse.Config.Binding;

/// <summary>A service or the defaults while its lines are read: what each attribute has been set to, and what was found wrong.</summary>
internal sealed class Draft(string name, SourceSpan span, bool isDefaults)
{
    public ServiceTypes Types;
    public ServiceFlags Flags;
    public SocketType? SocketType;
    public BuiltInService BuiltIn;
    public ProtocolEntry Protocol;
    public bool Wait;
    public UserEntry? User;
    public GroupEntry? Group;
    public bool Groups;
    public int? Instances;
    public int? PerSource;
    public CpsLimit Cps;
    public double MaxLoad;
    public int Nice;
    public int Umask;
    public string? Id;
    public string Server = "";
    public bool NamedInArgsFirst;
    public ushort Port;
    public string Bind = "";
    public IpAddress[] BindAddresses = [];
    public uint BindScope;
    public bool V6Only;
    public LocalSocket? Local;
    public SocketBuffers Buffers;
    public bool KeepsMappedPeers;
    public StartLimit? Starts;
    public int? PerSourcePerMinute;

    /// <summary>The supplementary groups are those of the user with <see cref="Group"/> in place of the login group (inetd's way).</summary>
    public bool GroupsWithGroup;

    /// <summary>It came from a line of inetd.conf whose other service this is: what is wrong with both is told once.</summary>
    public Draft? TwinOf;

    /// <summary>It came from a line of the inetd personality's file: where that becomes wrong, what ran under its name is kept.</summary>
    public bool IsInetdLine;
    public AddressRules? OnlyFrom;
    public AddressRules? NoAccess;
    public LogTarget? LogType;
    public LogOnSuccess LogOnSuccess;
    public LogOnFailure LogOnFailure;
    public RedirectTarget? Redirect;
    public StartMode Start = StartMode.OnDemand;
    public string Banner = "";
    public string BannerSuccess = "";
    public string BannerFail = "";
    public DenyTime DenyTime;
    public uint RpcNumber;
    public uint RpcVersionLow;
    public uint RpcVersionHigh;
    public string Libwrap = "";
    public List<string>? PassEnv;
    public IReadOnlyList<uint> SupplementaryGroups = [];
    public List<ListedId>? Enabled;
    public List<ListedId>? Disabled;

    private readonly List<(AttributeId Id, SourceSpan Span)> _places = new(12);
    private ulong _specified;
    private ulong _mentioned;

    public string Name { get; } = name;

    /// <summary>The name in the entry's first line, or the keyword <c>defaults</c>.</summary>
    public SourceSpan Span { get; set; } = span;

    public SourceFile File => Span.File!;

    public bool IsDefaults { get; } = isDefaults;

    public List<string> ServerArgs { get; } = [];

    public List<string> Env { get; } = [];

    public List<AccessHours> AccessTimes { get; } = [];

    public List<ResourceLimit> ResourceLimits { get; } = [];

    public List<Finding> Findings { get; } = [];

    /// <summary>An error was found: the entry cannot be used.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>It was told that the original does not know an attribute that is used: once is enough.</summary>
    public bool IsOwnTold { get; set; }

    /// <summary>The entry's own <c>disable = yes</c>.</summary>
    public bool IsDisabled { get; set; }

    public string EffectiveId => Id ?? Name;

    /// <summary>See <see cref="ServiceDefinition.BindIsMapped"/>.</summary>
    public bool BindIsMapped => BindAddresses is [{ IsV4: true }] && Bind.Contains(':');

    /// <summary>The entry itself sets the attribute, and its value was understood.</summary>
    public bool Has(AttributeId id) => (_specified & (1ul << (int)id)) != 0;

    /// <summary>The entry has a line for the attribute, understood or not.</summary>
    public bool Mentions(AttributeId id) => (_mentioned & (1ul << (int)id)) != 0;

    public void Mention(AttributeId id) => _mentioned |= 1ul << (int)id;

    public void MentionAll() => _mentioned = ulong.MaxValue;

    public void Specify(AttributeId id, SourceSpan place)
    {
        _specified |= 1ul << (int)id;
        _places.Add((id, place));
    }

    /// <summary>The values of the line that last set the attribute; the entry's name where none did.</summary>
    public SourceSpan PlaceOf(AttributeId id)
    {
        for (int i = _places.Count - 1; i >= 0; i--)
        {
            if (_places[i].Id == id)
            {
                return _places[i].Span;
            }
        }

        return Span;
    }

    public bool Is(ServiceTypes type) => Types.HasFlag(type);

    public bool Is(ServiceFlags flag) => Flags.HasFlag(flag);

    public void Report(string code, Severity severity, SourceSpan span, string what, string advice)
    {
        IsBroken |= severity == Severity.Error;
        Findings.Add(new(code, severity, span, what, advice));
    }

    /// <summary>The entry cannot be used, for a reason that is reported elsewhere.</summary>
    public void MarkBroken() => IsBroken = true;

    public void Fail(string code, SourceSpan span, string what, string advice) => Report(code, Severity.Error, span, what, advice);
}

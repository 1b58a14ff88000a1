using System;
using System.Collections.Immutable;
using Rouse.Config.Addresses;
using Rouse.Config.Attributes;
using Rouse.Config.Model;

namespace Rouse.Config.Binding;

/// <summary>Makes the definition of a service whose draft is in order, with what the defaults say where it says nothing.</summary>
internal sealed class DefinitionBuilder(Draft? defaults)
{
    // What services that follow one another have in common is kept once: all that stays in memory for a service is made here.
    private ImmutableArray<string> _arguments = [];
    private ImmutableArray<IpAddress> _bindAddresses = [];
    private LogTarget? _common;

    public ServiceDefinition Build(Draft s)
    {
        Draft? instances = Source(s, AttributeId.Instances);
        Draft? perSource = Source(s, AttributeId.PerSource);
        Draft? cps = Source(s, AttributeId.Cps);
        Draft? maxLoad = Source(s, AttributeId.MaxLoad);
        Draft? umask = Source(s, AttributeId.Umask);
        Draft? v6Only = Source(s, AttributeId.V6Only);
        Draft? groups = Source(s, AttributeId.Groups);
        Draft? passEnv = Source(s, AttributeId.PassEnv);
        bool isExternal = !s.Is(ServiceTypes.Internal) && s.Redirect is null;
        return new()
        {
            Name = s.Name,
            Id = s.EffectiveId,
            Span = s.Span,
            Types = s.Types,
            Flags = s.Flags,
            BuiltIn = s.BuiltIn,
            SocketType = s.SocketType!.Value,
            Protocol = s.Protocol,
            Wait = s.Wait,
            Port = s.Is(ServiceTypes.Tcpmux) || s.Is(ServiceTypes.TcpmuxPlus) ? (ushort)0 : s.Port,
            Bind = s.Bind,
            BindAddresses = Share(s.BindAddresses, ref _bindAddresses),
            V6Only = v6Only?.V6Only ?? false,
            Local = s.Local,
            Buffers = s.Buffers,
            KeepsMappedPeers = s.KeepsMappedPeers,
            BindIsMapped = s.BindIsMapped,
            BindScope = s.BindScope,
            User = s.User,
            Group = s.Group,
            Groups = groups?.Groups ?? false,
            SupplementaryGroups = [.. s.SupplementaryGroups],
            Instances = instances?.Instances,
            PerSource = perSource?.PerSource,
            Cps = cps?.Cps ?? new(50, 10),
            Starts = s.Starts,
            IsInetdLine = s.IsInetdLine,
            PerSourcePerMinute = s.PerSourcePerMinute,
            MaxLoad = maxLoad?.MaxLoad,
            Nice = s.Nice,
            Umask = umask?.Umask,
            Server = isExternal ? s.Server : "",
            Arguments = isExternal ? Share(ArgumentsOf(s), ref _arguments) : [],
            Environment = [.. s.Env],
            PassEnvironment = passEnv is null ? default : [.. passEnv.PassEnv!],
            OnlyFrom = s.OnlyFrom?.Freeze() ?? default,
            NoAccess = s.NoAccess?.Freeze() ?? default,
            AccessTimes = [.. s.AccessTimes],
            LogType = LogTypeOf(s),
            LogOnSuccess = s.LogOnSuccess,
            LogOnFailure = s.LogOnFailure,
            Redirect = s.Redirect,
            Start = s.Start,
            Banner = s.Banner,
            BannerSuccess = s.BannerSuccess,
            BannerFail = s.BannerFail,
            DenyTime = s.DenyTime,
            ResourceLimits = [.. s.ResourceLimits],
            RpcNumber = s.RpcNumber,
            RpcVersionLow = s.RpcVersionLow,
            RpcVersionHigh = s.RpcVersionHigh,
            Libwrap = s.Libwrap,
        };
    }

    /// <summary>The entry that sets the attribute: the service's own, or the defaults, or none.</summary>
    private Draft? Source(Draft service, AttributeId id) => service.Has(id) ? service : defaults?.Has(id) == true ? defaults : null;

    private LogTarget LogTypeOf(Draft s)
    {
        if (s.LogType is not null)
        {
            return s.LogType;
        }

        LogTarget common = defaults?.LogType ?? LogTarget.Default;
        return common.Kind == LogTargetKind.File ? _common ??= common with { Kind = LogTargetKind.CommonFile } : common;
    }

    private static string[] ArgumentsOf(Draft s) => s.Is(ServiceFlags.NameInArgs)
        ? [.. s.ServerArgs]
        : [s.Server[(s.Server.LastIndexOf('/') + 1)..], .. s.ServerArgs];

    private static ImmutableArray<T> Share<T>(T[] values, ref ImmutableArray<T> last)
    {
        if (!last.AsSpan().SequenceEqual(values))
        {
            last = [.. values];
        }

        return last;
    }
}

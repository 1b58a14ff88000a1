namespace Rouse.Config.Diagnostics;

/// <summary>The stable codes of findings. A number is never used again for something else; docs/diagnostics.md explains each.</summary>
public static class Codes
{
    public const string FileUnreadable = "RS0001";
    public const string DirectoryUnreadable = "RS0002";
    public const string NotRegularFile = "RS0003";
    public const string IncludeCycle = "RS0004";
    public const string TooManyFiles = "RS0005";
    public const string MissingKeyword = "RS0006";
    public const string MissingName = "RS0007";
    public const string MissingOpenBrace = "RS0008";
    public const string IncompleteEntry = "RS0009";
    public const string SecondDefaults = "RS0010";
    public const string ExtraWords = "RS0011";
    public const string NothingAfterName = "RS0012";
    public const string BadOperator = "RS0013";
    public const string NoSpaceBeforeOperator = "RS0014";
    public const string NulByte = "RS0015";
    public const string CarriageReturn = "RS0016";

    public const string UnknownAttribute = "RS0020";
    public const string NotInDefaults = "RS0021";
    public const string AlreadySet = "RS0022";
    public const string OperatorNotAllowed = "RS0023";
    public const string WrongNumberOfValues = "RS0024";
    public const string NoValue = "RS0025";

    public const string NotYesOrNo = "RS0030";
    public const string BadNumber = "RS0031";
    public const string UnknownWord = "RS0032";
    public const string UnknownProtocol = "RS0033";
    public const string UnknownUser = "RS0034";
    public const string UnknownGroup = "RS0035";
    public const string ServerNotExecutable = "RS0036";
    public const string ServerNotAbsolute = "RS0037";
    public const string EnvironmentWord = "RS0038";
    public const string EnvironmentRemoval = "RS0039";
    public const string UndefinedVariable = "RS0040";
    public const string AddressNotUnderstood = "RS0041";
    public const string AddressComma = "RS0042";
    public const string AddressShortForm = "RS0043";
    public const string BadBind = "RS0044";
    public const string BindFamily = "RS0045";
    public const string BadAccessTime = "RS0046";
    public const string AccessTimeOverMidnight = "RS0047";
    public const string LogTypeShape = "RS0048";
    public const string LogLimitOrder = "RS0049";
    public const string TrafficWithoutRedirect = "RS0050";
    public const string OldLogWord = "RS0051";
    public const string RedirectTarget = "RS0052";
    public const string RpcVersions = "RS0053";
    public const string SpecialType = "RS0054";
    public const string V6OnlyNo = "RS0059";

    public const string MissingAttribute = "RS0060";
    public const string NotListed = "RS0061";
    public const string WrongPort = "RS0062";
    public const string Duplicate = "RS0063";
    public const string DatagramNowait = "RS0064";
    public const string NoSuchInternal = "RS0065";
    public const string NameInArgs = "RS0066";
    public const string NameInArgsLate = "RS0067";
    public const string InterceptCleared = "RS0068";
    public const string UserIdCleared = "RS0069";
    public const string RedirectShape = "RS0070";
    public const string TcpmuxShape = "RS0071";
    public const string UnknownRpc = "RS0072";
    public const string LabeledShape = "RS0073";
    public const string SocketAndProtocol = "RS0074";
    public const string UnknownIdListed = "RS0075";
    public const string SharedId = "RS0076";
    public const string UnnamedUserGroups = "RS0077";
    public const string DefaultsTooLate = "RS0078";
    public const string RulesOverlap = "RS0079";
    public const string PortInUse = "RS0080";
    public const string IdOnlyWithoutEffect = "RS0085";
    public const string NoSelinux = "RS0087";
    public const string NoEffect = "RS0088";

    public const string TcpWrappersRules = "RS0092";

    public const string InetdFieldMissing = "RS0100";
    public const string InetdWait = "RS0101";
    public const string InetdRpcVersions = "RS0102";
    public const string InetdTcpmuxName = "RS0103";
    public const string InetdUser = "RS0104";
    public const string InetdLateComment = "RS0105";
    public const string NoInetdFile = "RS0106";

    public const string InetdAddress = "RS0140";
    public const string InetdLocalSocket = "RS0141";
    public const string InetdOption = "RS0142";
    public const string InetdForeignLimit = "RS0143";
    public const string InetdLoginClass = "RS0144";
    public const string InetdAcceptFilter = "RS0145";
    public const string InetdFamily = "RS0146";
    public const string LocalSocketRules = "RS0147";
    public const string InetdNoTcpmux = "RS0148";
    public const string InetdKeyValues = "RS0149";
    public const string InetdRootGroup = "RS0150";
}

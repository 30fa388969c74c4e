using Microsoft.Extensions.Logging;
using PamTui.Core.Access;
using PamTui.Core.Audit;
using PamTui.Core.Sessions;
using PamTui.Core.Users;
using PamTui.Gateway.Console;
using PamTui.Gateway.Databases;
using PamTui.Gateway.Forwarding;
using PamTui.Gateway.Login;
using PamTui.Gateway.Relay;

namespace PamTui.Gateway;

/// <summary>What the connections of one gateway share.</summary>
internal sealed record GatewayServices(
    SignIns SignIns,
    Users Users,
    AuditLog Audit,
    Authorizer Authorizer,
    Broker Broker,
    DatabaseHost Databases,
    ForwardHost Forwards,
    Forwards ForwardRows,
    DatabasePrompt Prompt,
    ConsoleBridge Bridge,
    ConsoleFace Console,
    FailureThrottle Throttle,
    TimeProvider Time,
    ILogger Log);

package dev.slipring.session.servlet;

import dev.slipring.session.servlet.Site.Action;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;

/** The ways in which an application answers a request, by name. */
final class Replies {
    private static final byte[] BIG = "0123456789abcdef".repeat(65_536).getBytes(StandardCharsets.US_ASCII);

    private final Map<String, Action> actions = new LinkedHashMap<>();
    private final ExecutorService threads;

    private Replies(ExecutorService threads) {
        this.threads = threads;
    }

    /** All of them; {@code threads} are those that asynchronous ones go on with. */
    static Map<String, Action> all(ExecutorService threads) {
        Replies replies = new Replies(threads);
        replies.plain();
        replies.written();
        replies.ended();
        replies.asynchronous();
        return replies.actions;
    }

    private void plain() {
        actions.put("empty", (request, response) -> {});
        actions.put("noContent", (request, response) -> response.setStatus(204));
        actions.put("notModified", (request, response) -> response.setStatus(304));
        actions.put(
                "forwarded",
                (request, response) -> request.getRequestDispatcher("/target").forward(request, response));
        actions.put(
                "included",
                (request, response) -> request.getRequestDispatcher("/target").include(request, response));
        actions.put("flushedEmpty", (request, response) -> response.flushBuffer());
    }

    private void written() {
        actions.put("stream", (request, response) -> response.getOutputStream().write(BIG, 0, 100));
        actions.put(
                "streamAtOnce",
                (request, response) -> response.getOutputStream().write(BIG));
        // More than Jetty gathers and less than its buffer holds.
        actions.put(
                "streamHalfBuffer",
                (request, response) -> response.getOutputStream().write(BIG, 0, response.getBufferSize() / 2 + 1));
        actions.put("streamByteByByte", (request, response) -> {
            for (int i = 0; i < 70_000; i++) {
                response.getOutputStream().write('x');
            }
        });
        actions.put("streamFlushed", (request, response) -> {
            response.getOutputStream().print("some");
            response.getOutputStream().flush();
            response.getOutputStream().print(" more");
        });
        actions.put("streamClosed", (request, response) -> {
            response.getOutputStream().print("all");
            response.getOutputStream().close();
        });
        actions.put("streamOfKnownLength", (request, response) -> {
            response.setContentLength(100);
            response.getOutputStream().write(BIG, 0, 100);
        });
        actions.put("writer", (request, response) -> response.getWriter().print("short"));
        actions.put("writerBig", (request, response) -> {
            for (int i = 0; i < 10_000; i++) {
                response.getWriter().println("line " + i);
            }
        });
        actions.put("writerFlushed", (request, response) -> {
            response.getWriter().print("some");
            response.getWriter().flush();
            response.getWriter().print(" more");
        });
        actions.put("writerClosed", (request, response) -> {
            response.getWriter().print("all");
            response.getWriter().close();
        });
        actions.put("flushed", (request, response) -> {
            response.getWriter().print("some");
            response.flushBuffer();
        });
        actions.put("reset", (request, response) -> {
            response.setHeader("X-Draft", "1");
            response.getWriter().print("a draft");
            response.reset();
            response.getOutputStream().print("the text");
        });
    }

    private void ended() {
        actions.put("error", (request, response) -> response.sendError(404));
        actions.put("errorWithMessage", (request, response) -> response.sendError(403, "not for you"));
        actions.put("redirect", (request, response) -> response.sendRedirect("/target"));
        if (!WebServer.api().equals("6.0")) {
            actions.put("redirectWithStatus", (request, response) -> response.sendRedirect("/target", 303));
            actions.put("redirectWithBody", (request, response) -> {
                response.getWriter().print("elsewhere");
                response.sendRedirect("/target", false);
            });
            actions.put("redirectClearing", (request, response) -> response.sendRedirect("/target", true));
            actions.put("redirectInFull", (request, response) -> response.sendRedirect("/target", 307, true));
        }
    }

    private void asynchronous() {
        actions.put("asyncEmpty", (request, response) -> later(request.startAsync(), AsyncContext::complete));
        actions.put(
                "asyncCompletedAtOnce",
                (request, response) -> request.startAsync().complete());
        actions.put(
                "asyncEmptyWithArguments",
                (request, response) -> later(request.startAsync(request, response), AsyncContext::complete));
        actions.put("asyncWritten", (request, response) -> later(request.startAsync(), Replies::writeAll));
        actions.put(
                "asyncWrittenWithArguments",
                (request, response) -> later(request.startAsync(request, response), Replies::writeAll));
        actions.put("asyncDispatched", (request, response) -> {
            if (request.getAttribute("again") == null) {
                request.setAttribute("again", true);
                later(request.startAsync(), AsyncContext::dispatch);
            }
        });
        actions.put(
                "asyncDispatchedElsewhere",
                (request, response) -> later(request.startAsync(), context -> context.dispatch("/target")));
        actions.put(
                "asyncDispatchedWithArguments",
                (request, response) ->
                        later(request.startAsync(request, response), context -> context.dispatch("/target")));
        actions.put("asyncCompletedPastTheFilter", (request, response) -> {
            request.startAsync();
            later(unwrapped(request).getAsyncContext(), AsyncContext::complete);
        });
        actions.put("nonBlocking", (request, response) -> {
            AsyncContext context = request.startAsync();
            ServletOutputStream out = response.getOutputStream();
            out.setWriteListener(new PiecewiseListener(context, out));
        });
    }

    private void later(AsyncContext context, Part part) {
        threads.execute(() -> {
            try {
                part.go(context);
            } catch (IOException e) {
                context.complete();
            }
        });
    }

    /** The request as the container made it. */
    private static ServletRequest unwrapped(ServletRequest request) {
        return request instanceof ServletRequestWrapper wrapper ? unwrapped(wrapper.getRequest()) : request;
    }

    private static void writeAll(AsyncContext context) throws IOException {
        context.getResponse().getOutputStream().write(BIG);
        context.complete();
    }

    private interface Part {
        void go(AsyncContext context) throws IOException;
    }

    /** Writes as long as the container takes something without blocking. */
    private static final class PiecewiseListener implements WriteListener {
        private final AsyncContext context;
        private final ServletOutputStream out;
        private int at;

        PiecewiseListener(AsyncContext context, ServletOutputStream out) {
            this.context = context;
            this.out = out;
        }

        @Override
        public void onWritePossible() throws IOException {
            while (out.isReady()) {
                if (at == BIG.length) {
                    context.complete();
                    return;
                }
                out.write(BIG, at, 16_384);
                at += 16_384;
            }
        }

        @Override
        public void onError(Throwable failure) {
            context.complete();
        }
    }
}

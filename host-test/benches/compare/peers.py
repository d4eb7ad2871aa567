"""A Python peer as a process: reads a task a line from standard input, does it,
and writes a line with what it took. Both are JSON; `contender/python.rs` is the
other end. Imports and the making of inputs are not timed.

    python peers.py dify|openai
"""

import copy
import functools
import json
import sys
import threading
import time

FILLER = "The quick brown fox jumps over the lazy dog, and then it rests a while. "


def turns(count):
    """The texts of a conversation; the same as in `inputs.rs`."""
    return [f"Message {index}. {FILLER}" for index in range(count)]


def texts(count):
    return [f"Text {index}. {FILLER}" for index in range(count)]


def tool(index):
    parameters = {
        "type": "object",
        "properties": {"city": {"type": "string", "description": "Name of a city"}},
        "required": ["city"],
    }
    return f"tool_{index}", f"Looks up number {index}", parameters


class Meter:
    """The moment of the first piece, and what all pieces are."""

    def __init__(self):
        self.pieces = []
        self.first = None

    def add(self, piece):
        if self.first is None:
            self.first = time.perf_counter()
        self.pieces.append(piece)

    def proof(self):
        data = "".join(self.pieces).encode()
        return len(data), float(sum(data))


class Dify:
    """The model classes for OpenAI-compatible endpoints, as a plugin calls them.

    Their count of tokens is left out: it fetches a vocabulary from the internet.
    """

    def __init__(self):
        import dify_plugin
        from dify_plugin.entities.model import ModelPropertyKey
        from dify_plugin.entities.model import message

        class Embedding(dify_plugin.OAICompatEmbeddingModel):
            batch = 1

            def _get_num_tokens_by_gpt2(self, text):
                return 1

            def get_customizable_model_schema(self, model, credentials):
                schema = super().get_customizable_model_schema(model, credentials)
                schema.model_properties[ModelPropertyKey.MAX_CHUNKS] = self.batch
                return schema

        self.message = message
        self.chat = dify_plugin.OAICompatLargeLanguageModel([])
        self.embedding = Embedding([])
        self.reranking = dify_plugin.OAICompatRerankModel([])

    def caller(self):
        """One for a thread: a model refuses two calls at a time."""
        own = copy.copy(self)
        own.chat = type(self.chat)([])
        return own

    def credentials(self, url):
        return {"endpoint_url": url, "mode": "chat", "function_calling_type": "tool_call"}

    def conversation(self, url, messages, tools):
        of = [self.message.AssistantPromptMessage, self.message.UserPromptMessage]
        said = turns(messages)
        prompt = [of[(len(said) - index) % 2](content=text) for index, text in enumerate(said)]
        declared = [
            self.message.PromptMessageTool(name=name, description=description, parameters=parameters)
            for name, description, parameters in map(tool, range(tools))
        ]
        return {
            "model": "qwen-max",
            "credentials": self.credentials(url),
            "prompt_messages": prompt,
            "tools": declared or None,
        }

    def ask(self, call, meter):
        for result in self.chat.invoke(**call, stream=False):
            meter.add(result.delta.message.content)

    def read(self, call, meter):
        for chunk in self.chat.invoke(**call, stream=True):
            if chunk.delta.message.content:
                meter.add(chunk.delta.message.content)

    def embed(self, url, inputs, encoding, batch):
        if encoding != "float":
            raise NotImplementedError
        self.embedding.batch = batch
        return self.embedding.invoke("text-embedding-v4", self.credentials(url), inputs).embeddings

    def rerank(self, url, query, documents):
        ranking = self.reranking.invoke("rerank", self.credentials(url), query, documents)
        return [document.index for document in ranking.docs]


class OpenAI:
    """The official client."""

    def __init__(self):
        import openai

        self.openai = openai
        self.clients = {}

    def caller(self):
        return self

    def client(self, url):
        if url not in self.clients:
            self.clients[url] = self.openai.OpenAI(api_key="none", base_url=url, max_retries=0)
        return self.clients[url]

    def conversation(self, url, messages, tools):
        said = turns(messages)
        roles = ["assistant", "user"]
        call = {
            "model": "qwen-max",
            "messages": [
                {"role": roles[(len(said) - index) % 2], "content": text} for index, text in enumerate(said)
            ],
        }
        if tools:
            call["tools"] = [
                {
                    "type": "function",
                    "function": {"name": name, "description": description, "parameters": parameters},
                }
                for name, description, parameters in map(tool, range(tools))
            ]
        return self.client(url), call

    def ask(self, call, meter):
        client, arguments = call
        meter.add(client.chat.completions.create(**arguments).choices[0].message.content)

    def read(self, call, meter):
        client, arguments = call
        for chunk in client.chat.completions.create(**arguments, stream=True):
            if chunk.choices and chunk.choices[0].delta.content:
                meter.add(chunk.choices[0].delta.content)

    def embed(self, url, inputs, encoding, batch):
        # Without a format the client asks for base64 and decodes it.
        form = {"encoding_format": "float"} if encoding == "float" else {}
        vectors = []
        for start in range(0, len(inputs), batch):
            response = self.client(url).embeddings.create(
                model="text-embedding-v4", input=inputs[start : start + batch], **form
            )
            vectors += [item.embedding for item in response.data]
        return vectors

    def rerank(self, url, query, documents):
        raise NotImplementedError


def timed(doing):
    cpu, begun = time.process_time(), time.perf_counter()
    done = doing()
    wall, cpu = time.perf_counter() - begun, time.process_time() - cpu
    return done, {"begun": begun, "wall": wall, "cpu": cpu}


def answered(took, items, total, first=None):
    return {
        "wall": took["wall"],
        "cpu": took["cpu"],
        "first": None if first is None else first - took["begun"],
        "items": items,
        "sum": total,
    }


# A peer's time includes the making of its inputs, which are the same in all
# turns at a task. No library changes them.
@functools.lru_cache(maxsize=1)
def conversation(peer, url, messages, tools):
    return peer.conversation(url, messages, tools)


def generate(peer, url, work):
    call, meter = conversation(peer, url, work["messages"], work["tools"]), Meter()
    doing = peer.read if work["kind"] == "read" else peer.ask
    _, took = timed(lambda: doing(call, meter))
    return answered(took, *meter.proof(), meter.first)


def embed(peer, url, work):
    inputs = texts(work["texts"])
    vectors, took = timed(lambda: peer.embed(url, inputs, work["format"], work["batch"]))
    return answered(took, sum(map(len, vectors)), sum(map(sum, vectors)))


def rerank(peer, url, work):
    documents = texts(work["documents"])
    order, took = timed(lambda: peer.rerank(url, "Which one rests?", documents))
    return answered(took, len(order), sum((place + 1) * index for place, index in enumerate(order)))


WORK = {"ask": generate, "read": generate, "embed": embed, "rerank": rerank}


def closed(peer, url, task):
    """Calls one after the other on each of so many threads, for so long."""
    call = conversation(peer, url, 1, 0)
    end = time.perf_counter() + task["seconds"]
    done, failed = [], []

    def loop():
        own, count = peer.caller(), 0
        try:
            while time.perf_counter() < end:
                meter = Meter()
                own.ask(call, meter)
                assert meter.pieces[0].startswith("Hello!")
                count += 1
            done.append(count)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=loop) for _ in range(task["callers"])]

    def run():
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    _, took = timed(run)
    if failed:
        raise failed[0]
    return answered(took, sum(done), 0.0)


def resident():
    with open("/proc/self/status") as status:
        line = next(line for line in status if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024


def main():
    peer = {"dify": Dify, "openai": OpenAI}[sys.argv[1]]()
    lines = sys.stdout
    sys.stdout = sys.stderr
    print(json.dumps({"resident": resident()}), file=lines, flush=True)
    for line in sys.stdin:
        task = json.loads(line)
        try:
            if "callers" in task:
                response = closed(peer, task["url"], task)
            else:
                response = WORK[task["work"]["kind"]](peer, task["url"], task["work"])
        except NotImplementedError:
            response = {"unsupported": True}
        except Exception as error:
            response = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(response), file=lines, flush=True)


if __name__ == "__main__":
    main()

import { Ctx, Mutation, Query, Resolver } from 'type-graphql'
import { PipelineStatus, RetrainResult } from '../../schema/graphql/pipeline.ts'
import type { RequestContext } from '../context.ts'
import { retrain } from './retrain.ts'

@Resolver()
export class PipelineResolver {
  @Query(() => PipelineStatus, { description: 'Operators.' })
  pipeline(@Ctx() { services }: RequestContext): PipelineStatus {
    return services.pipeline.status()
  }

  @Mutation(() => RetrainResult, {
    description:
      'Operators: refits the model on all that is known now; answers when the new version serves everywhere, or says why it was not published.',
  })
  async retrain(@Ctx() { services }: RequestContext): Promise<RetrainResult> {
    return retrain(services)
  }
}
